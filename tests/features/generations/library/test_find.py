"""Every filter finds the rows that are meant, and no other: none of another workspace, none that is deleted."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import text

from spoonfeeder.features.generations import search
from tests.features.foreign import database
from tests.features.generations.library.conftest import BATCH, BIG, FULL, GONE, LONG, PROJECT, ROWS, WORKFLOW
from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/comfyui/generations"
ALL = ["fox", "owl", "twin", "double", "first", "last"]
ELSEWHERE = str(uuid4())

FOUND: dict[str, list[str]] = {
    "": ALL,
    "q=": ALL,
    "q= ": ALL,
    "q=fox": ["fox"],
    "q=RED": ["fox", "owl"],
    "q=red snow": ["fox", "owl"],
    "q=red owl": ["owl"],
    "q=fox owl": [],
    "q=fox or owl": ["fox", "owl"],
    "q=snow -fox": ["owl"],
    'q="red fox"': ["fox"],
    'q="fox red"': [],
    'q="snow red"': [],
    'q="hands of"': ["owl"],
    "q=fox_cub": ["fox"],
    "q=cub": ["fox"],
    "q=style-v2": ["fox"],
    "q=(masterpiece:1.2)": [],
    "q=ma": [],
    "q=mas": ["fox"],
    'q="mas"': [],
    "q=mas red": [],
    "q=par": [],
    "q=red parameters": [],
    "q=tag": [],
    "q=lor": [],
    "q=snow -mas": ["fox", "owl"],
    "q=...": [],
    f"q={LONG}": [],
    f"seed={BIG}": ["fox"],
    f"seed={BIG - 1}": [],
    "seed=7": ["owl"],
    "seed=0": ["double"],
    "checkpoint=xl/base_1.0.safetensors": ["fox"],
    "checkpoint=base_1.0.safetensors": [],
    "lora=style/ink.v1.safetensors": ["fox"],
    "lora=style\\ink.v1.safetensors": ["fox"],
    "lora=ink.v1": ["fox"],
    "lora=ink": ["owl"],
    "lora=style/ink.v1": ["fox"],
    "lora=detail": ["owl"],
    "lora=in": [],
    "sampler=euler": ["fox"],
    "sampler=eule": [],
    "scheduler=normal": ["owl"],
    "scheduler=Normal": [],
    "status=failed": ["owl"],
    "status=cancelled&status=failed": ["owl", "twin"],
    "status=pending": ["double", "first", "last"],
    "status=running": [],
    "width=1024": ["fox", "last"],
    "width=1023": [],
    "min_width=1024": ["fox", "last"],
    "min_width=513": ["fox", "last"],
    "min_width=1025": [],
    "max_width=512": ["owl"],
    "max_width=511": [],
    "min_width=512&max_width=1023": ["owl"],
    "height=768": ["fox"],
    "min_height=768": ["fox", "last"],
    "max_height=768": ["fox", "owl"],
    "max_height=767&min_height=513": [],
    "width=1024&height=1536": ["last"],
    "steps=20": ["fox"],
    "min_steps=21": ["owl"],
    "min_steps=20&max_steps=30": ["fox", "owl"],
    "max_steps=29": ["fox"],
    "cfg=7": ["fox"],
    "cfg=7.0": ["fox"],
    "min_cfg=5.5": ["fox", "owl"],
    "min_cfg=5.6": ["fox"],
    "max_cfg=5.5": ["owl"],
    "max_cfg=5.4": [],
    "favorite=true": ["fox"],
    "favorite=false": ["owl", "twin", "double", "first", "last"],
    "tag=Best": ["fox", "owl"],
    "tag=best": ["owl"],
    "tag=best&tag=Best": ["owl"],
    "tag=o'clock \\ here": ["fox"],
    "tag=Bes": [],
    f"session_id={FULL}": ["fox"],
    f"session_id={ELSEWHERE}": [],
    f"project_id={PROJECT}": ["fox"],
    f"project_id={GONE}": [],
    f"project_id={ELSEWHERE}": [],
    f"workflow_id={WORKFLOW}": ["fox"],
    f"workflow_id={ELSEWHERE}": [],
    f"profile_id={ELSEWHERE}": [],
    f"batch_id={BATCH}": ["fox"],
    f"batch_id={ELSEWHERE}": [],
    "from=2026-03-04T12:00:00Z": ["fox", "owl"],
    "from=2026-03-04T12:00:00.001Z": ["fox"],
    "from=2026-03-04T13:00:00+01:00": ["fox", "owl"],
    "from=2026-03-05": ["fox"],
    "to=2026-03-02T12:00:00Z": ["last"],
    "to=2026-03-02": ["first", "last"],
    "from=2026-03-02&to=2026-03-03": ["twin", "double", "first"],
    "parameters.steps=20": ["fox", "first"],
    "parameters.steps=20.0": ["fox", "first"],
    "parameters.steps=2e1": ["fox", "first"],
    "parameters.steps=2": [],
    "parameters.cfg_scale=7": ["fox"],
    f"parameters.seed={BIG}": ["fox"],
    "parameters.seed=7.0": ["owl"],
    "parameters.seed=x": [],
    f"parameters.3.text={LONG}": ["fox"],
    f"parameters.3.text={LONG[1:]}": [],
    "parameters.4.on=true": ["fox"],
    "parameters.4.on=1": [],
    "parameters.5.size=7.0": ["fox"],
    "parameters.5.size=7 inches": ["owl"],
    "parameters.6.weight=0.0000001": ["owl"],
    "parameters.steps=20&parameters.cfg_scale=7": ["fox"],
    "parameters.steps=20&parameters.cfg_scale=8": [],
    "parameters.=20": [],
    "q=red&sampler=euler&min_width=1000&tag=Best&lora=ink.v1": ["fox"],
    "q=red&sampler=lcm": [],
    f"session_id={FULL}&q=owl": [],
    f"session_id={FULL}&checkpoint=sd15.ckpt": [],
    "favorite=true&status=failed": [],
    "sort=created_at&order=asc": ["last", "first", "*", "*", "owl", "fox"],
    "sort=duration": ["owl", "*", "*"],
    "sort=duration&order=asc": ["*", "*", "owl"],
    "sort=duration&q=red": ["owl", "fox"],
    "sort=duration&status=failed": ["owl"],
    "sort=queue": ["first", "double", "last"],
    "sort=queue&order=desc": ["last", "double", "first"],
    "sort=queue&width=1024": ["last"],
}
REFUSED = (
    "colour=red",
    "widht=512",
    "parameters=1",
    "parameter.steps=20",
    "seed=-1",
    "seed=1.5",
    "seed=99999999999999999999999",
    "seed=18446744073709551616",
    "width=wide",
    "width=-1",
    "min_width=99999999999",
    "cfg=nan",
    "min_cfg=inf",
    "favorite=maybe",
    "status=lost",
    "session_id=x",
    "project_id=x",
    "from=yesterday",
    "from=2026-03-04T12:00:00",
    "to=2026-02-30",
    "sort=name",
    "order=up",
    "facets=maybe",
    "limit=201",
    "page=0",
    "cursor=x",
    f"q={'x' * 501}",
    "&".join(f"tag={number}" for number in range(21)),
    "&".join(f"parameters.{number}=1" for number in range(21)),
    "q=a%00b",
    "tag=%00",
)


def encoded(query: str) -> str:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return "&".join(f"{name}={value if '%' in value else quote(value, safe='')}" for name, _, value in pairs)


async def found(api: Application, query: str) -> dict[str, Any]:
    response = await api.http.get(f"/api{PATH}?{encoded(query)}")
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def called(answer: dict[str, Any], names: dict[str, str]) -> list[str]:
    return [names[row["id"]] for row in answer["data"]]


async def test_each_filter_finds_what_it_says(shared_api: Application, names: dict[str, str]) -> None:
    wrong = {}
    for query, expected in FOUND.items():
        answer = await found(shared_api, query)
        got = called(answer, names)
        in_order = all(name in {"*", there} for name, there in zip(expected, got, strict=False))
        fits = in_order if "sort" in query else set(got) == set(expected)
        if not fits or len(got) != len(expected) or answer["pagination"]["total"] != len(expected):
            wrong[query] = (got, answer["pagination"])
    assert wrong == {}


@pytest.mark.parametrize("query", REFUSED, ids=lambda query: query[:30].replace("\x00", ""))
async def test_what_is_no_filter_is_refused_in_a_sentence(
    shared_api: Application, names: dict[str, str], query: str
) -> None:
    response = await shared_api.http.get(f"/api{PATH}?{encoded(query)}")
    assert response.status_code == 422
    assert response.json()["error"].endswith(".")
    if query.startswith("seed="):
        assert response.json()["error"] == "seed: must be a whole number from 0 to 18446744073709551615."
    assert response.json()["code"] == "VALIDATION_ERROR"


async def test_an_unknown_name_is_told(shared_api: Application, names: dict[str, str]) -> None:
    refused = (await shared_api.http.get(f"/api{PATH}?widht=512&steps=20&colour=red")).json()
    assert [detail["loc"] for detail in refused["details"]] == ["colour", "widht"]
    assert "colour" in refused["error"]


@pytest.mark.parametrize("query", ["", "sort=created_at&order=asc", "sort=duration", "sort=queue", "q=red or snow"])
async def test_the_cursor_leads_through_all_once_and_rows_of_one_time_too(
    shared_api: Application, names: dict[str, str], query: str
) -> None:
    at_once = called(await found(shared_api, query), names)
    seen: list[str] = []
    cursor = ""
    for _ in at_once:
        answer = await found(shared_api, "&".join(filter(None, [query, "limit=1", cursor])))
        assert answer["pagination"]["total"] == len(at_once)
        assert answer["pagination"]["total_is_capped"] is False
        seen += called(answer, names)
        cursor = f"cursor={answer['next_cursor']}"
    assert answer["next_cursor"] is None
    assert seen == at_once
    assert len(set(seen)) == len(seen)


async def test_a_cursor_belongs_to_its_order(shared_api: Application, names: dict[str, str]) -> None:
    orders = ["", "sort=created_at&order=asc", "sort=duration", "sort=duration&order=asc", "sort=queue"]
    cursors = {order: (await found(shared_api, f"{order}&limit=1"))["next_cursor"] for order in orders}
    for mine in orders:
        for other in orders:
            query = encoded(f"{mine}&cursor={cursors[other]}")
            status = (await shared_api.http.get(f"/api{PATH}?{query}")).status_code
            assert status == (200 if mine == other else 422), (mine, other)


async def test_pages_by_number(shared_api: Application, names: dict[str, str]) -> None:
    for query in ("", "min_steps=0"):
        whole = called(await found(shared_api, query), names)
        second = await found(shared_api, f"{query}&limit=1&page=2")
        assert called(second, names) == whole[1:2]
        beyond = await found(shared_api, f"{query}&limit=1&page=9")
        assert (beyond["data"], beyond["pagination"]["total"]) == ([], len(whole))
        assert beyond["next_cursor"] is None


async def test_facets_are_of_all_that_is_found(shared_api: Application, names: dict[str, str]) -> None:
    facets = (await found(shared_api, "facets=true&limit=1"))["facets"]
    assert facets == {
        "checkpoint": [{"value": "sd15.ckpt", "count": 1}, {"value": "xl/base_1.0.safetensors", "count": 1}],
        "size": [{"value": size, "count": 1} for size in ("1024x1536", "1024x768", "512x512")],
        "status": [{"value": "pending", "count": 3}]
        + [{"value": status, "count": 1} for status in ("cancelled", "completed", "failed")],
        "sampler": [{"value": "dpmpp_2m", "count": 1}, {"value": "euler", "count": 1}],
    }
    some = (await found(shared_api, "facets=true&q=owl"))["facets"]
    assert some["status"] == [{"value": "failed", "count": 1}]
    assert some["sampler"] == [{"value": "dpmpp_2m", "count": 1}]
    assert (await found(shared_api, ""))["facets"] is None
    nothing = (await found(shared_api, "facets=true&q=nothing"))["facets"]
    assert nothing == {"checkpoint": [], "size": [], "status": [], "sampler": []}


async def test_tags_that_change_are_found_at_once(shared_api: Application, names: dict[str, str]) -> None:
    last = next(row_id for row_id, name in names.items() if name == "last")
    assert len(ROWS) == len(names)
    await shared_api.json("PATCH", f"{PATH}/{last}", json={"tags": ["new"]})
    assert called(await found(shared_api, "tag=new"), names) == ["last"]
    await shared_api.json("PATCH", f"{PATH}/{last}", json={"tags": []})
    assert called(await found(shared_api, "tag=new"), names) == []


async def test_a_total_is_never_more_than_there_are(
    shared_api: Application, names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_COUNTED", 2)
    for query, shown in (("limit=1", 1), ("limit=1&page=4", 1), ("limit=1&page=9", 0), ("limit=200&page=100000", 0)):
        answer = await found(shared_api, f"favorite=false&{query}")
        assert (len(answer["data"]), answer["pagination"]["total_is_capped"]) == (shown, True)
        assert answer["pagination"]["total"] <= 5


async def test_what_takes_too_long_is_told_in_a_sentence(
    shared_api: Application, names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database(shared_api.settings) as session:
        await session.execute(text("LOCK TABLE comfyui_generations"))
        for path in (PATH, f"{PATH}/archive"):
            with monkeypatch.context() as impatient:
                impatient.setattr(search, "MOST_SECONDS", 0.05)
                refused = await shared_api.http.get(f"/api{path}?q=fox")
            assert (refused.status_code, refused.json()["code"]) == (422, "SEARCH_TOO_SLOW")
            assert refused.json()["error"].endswith(".")
    assert (await shared_api.http.get(f"/api{PATH}?q=fox")).status_code == 200
