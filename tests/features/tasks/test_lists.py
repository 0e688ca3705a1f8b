"""Tasks found again: lists, history, its export, statistics and results."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from spoonfeeder.features.tasks import export
from spoonfeeder.features.tasks.schemas import ResultOut, TaskOut
from tests.abuse.populated import PNG
from tests.features.foreign import insert_foreign
from tests.features.tasks.kept import keep, keep_pictures, spend
from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def page(api: Application, path: str = "/tasks", **query: Any) -> dict[str, Any]:
    response = await api.http.get(f"/api{path}", params=query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def ids(api: Application, path: str = "/tasks", **query: Any) -> list[str]:
    return [row["id"] for row in (await page(api, path, **query))["data"]]


async def test_they_are_found_by_what_they_are(shared_api: Application) -> None:
    here = f"here-{datetime.now(UTC).timestamp()}"
    failed = await keep(shared_api, "failed", name=here, provider="gemini", type="image", error="No.", error_code="NO")
    running = await keep(shared_api, "running", name=here, prompt="50% of a Pier_1")
    done = await keep(shared_api, "complete", "Once upon a time", name=here)
    later = datetime.now(UTC).isoformat()
    await insert_foreign(shared_api.settings)
    found: list[tuple[dict[str, Any], list[str]]] = [
        ({}, [done, running, failed]),
        ({"status": "failed"}, [failed]),
        ({"status": ["failed", "running"]}, [running, failed]),
        ({"type": "image"}, [failed]),
        ({"provider": "openai"}, [done, running]),
        ({"limit": 1, "page": 2}, [running]),
        ({"schedule_id": "00000000-0000-0000-0000-00000000000a"}, []),
    ]
    for query, expected in found:
        assert await ids(shared_api, q=here.upper(), **query) == expected, query
    assert await ids(shared_api, "/tasks/history", q=here) == [done, failed]
    assert await ids(shared_api, q="50% of a pier_1") == [running]
    assert await ids(shared_api, q="50_ of a pier") == []
    assert await ids(shared_api, **{"from": later}) == []
    assert failed in await ids(shared_api, to=later)
    [row] = (await page(shared_api, "/tasks/history", q=here, status="complete"))["data"]
    assert set(row) == set(TaskOut.model_fields)
    assert (row["result"]["content"], row["result"]["metadata"]["cost_usd"]) == ("Once upon a time", 0.25)
    for wrong in ("status=lost", "type=smell", "provider=x", "limit=201", "cursor=x", "from=yesterday"):
        await shared_api.json("GET", f"/tasks?{wrong}", 422)


async def test_the_cursor_leads_through_all_of_them_once(shared_api: Application) -> None:
    made = [await keep(shared_api, "complete", "x", name="walked") for _ in range(5)]
    for path in ("/tasks", "/tasks/history"):
        seen: list[str] = []
        cursor: dict[str, Any] = {}
        for _ in range(3):
            answer = await page(shared_api, path, limit=2, q="walked", **cursor)
            assert answer["pagination"]["total"] == 5
            seen += [row["id"] for row in answer["data"]]
            cursor = {"cursor": answer["next_cursor"]}
        assert (seen, cursor["cursor"]) == (made[::-1], None)


async def test_lists_show_the_beginning_and_one_task_the_whole(shared_api: Application) -> None:
    task_id = await keep(shared_api, content="t" * 1_500, name="long one", prompt="p" * 1_500)
    [listed] = (await page(shared_api, q="long one"))["data"]
    whole = await shared_api.json("GET", f"/tasks/{task_id}")
    assert (len(listed["prompt"]), len(listed["result"]["content"])) == (1_000, 1_000)
    assert (len(whole["prompt"]), len(whole["result"]["content"])) == (1_500, 1_500)


async def test_the_history_as_a_file(shared_api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 2)
    for number in range(5):
        await keep(shared_api, content=f'=SUM({number});"a",\nb', name="exported", prompt="@cmd")
    await keep(shared_api, "pending", name="exported")
    path = "/api/tasks/history/export?q=exported"
    before = datetime.now(UTC)
    as_csv, as_json = [await shared_api.http.get(f"{path}&format={form}") for form in ("csv", "json")]
    days = {f"{moment:%Y-%m-%d}" for moment in (before, datetime.now(UTC))}
    rows = list(csv.DictReader(io.StringIO(as_csv.text)))
    assert [row["result"] for row in rows] == [f'\'=SUM({number});"a",\nb' for number in range(5)][::-1]
    assert {(row["prompt"], row["status"], row["cost_usd"], row["input_tokens"]) for row in rows} == {
        ("'@cmd", "complete", "0.25", "7")
    }
    assert [row["result"]["content"] for row in as_json.json()] == [row["result"][1:] for row in rows]
    for answer, form in ((as_csv, "csv"), (as_json, "json")):
        told = answer.headers["content-disposition"]
        assert any(f'attachment; filename="tasks-{day}.{form}"' in told for day in days), told
    assert (await shared_api.http.get("/api/tasks/history/export?format=json&q=nothing")).json() == []
    await shared_api.json("GET", "/tasks/history/export?format=xml", 422)


async def test_statistics_say_how_it_went_and_what_it_cost(shared_api: Application) -> None:
    since = datetime.now(UTC).isoformat()
    done = [await keep(shared_api, provider="claude") for _ in range(2)]
    failed = await keep(shared_api, "failed", provider="claude")
    await keep(shared_api, provider="ollama", type="text")
    await spend(shared_api, done[0], cost_usd=Decimal("0.5"), input_tokens=10, output_tokens=20)
    await spend(shared_api, failed, cost_usd=Decimal("0.25"), input_tokens=1, output_tokens=2)
    report = await shared_api.json("GET", f"/tasks/stats?from={quote(since)}")
    claude, ollama = report["groups"]
    counts = {name: claude[name] for name in ("total", "pending", "running", "complete", "failed", "cancelled")}
    assert counts == {"total": 3, "pending": 0, "running": 0, "complete": 2, "failed": 1, "cancelled": 0}
    assert (claude["provider"], claude["type"], claude["mean_duration_seconds"]) == ("claude", "text", 4)
    assert (claude["calls"], claude["input_tokens"], claude["output_tokens"], claude["cost_usd"]) == (2, 11, 22, 0.75)
    assert (ollama["complete"], ollama["calls"], ollama["cost_usd"]) == (1, 0, 0)
    assert (await shared_api.json("GET", f"/tasks/stats?to={quote(since)}"))["groups"] != report["groups"]


async def test_results_are_listed_read_downloaded_and_deleted(shared_api: Application) -> None:
    said = await keep(shared_api, content="Grüße", name="../Ein Text")
    drawn = await keep(shared_api, type="image", name="Bilder")
    pictures = await keep_pictures(shared_api, drawn)
    image, text, *_ = (await page(shared_api, "/results"))["data"]
    assert set(text) == set(ResultOut.model_fields)
    assert ((text["task_id"], text["content"]), image["task_id"]) == ((said, "Grüße"), drawn)
    assert (await ids(shared_api, "/results", type="image"))[0] == image["id"]
    assert text["id"] not in await ids(shared_api, "/results", type="image", limit=100)
    assert await ids(shared_api, "/results", limit=1, page=2) == [text["id"]]
    assert await shared_api.json("GET", f"/results/{text['id']}") == text
    of_text, of_image = (f"/api/results/{each['id']}/download" for each in (text, image))
    answer = await shared_api.http.get(of_text)
    assert (answer.text, answer.headers["content-type"]) == ("Grüße", "text/plain; charset=utf-8")
    assert 'attachment; filename="Ein Text.txt"' in answer.headers["content-disposition"]
    for index in (0, 1):
        answer = await shared_api.http.get(f"{of_image}?index={index}")
        assert answer.content == PNG
        assert f'attachment; filename="made{index}.png"' in answer.headers["content-disposition"]
    for missing in (f"{of_image}?index=2", f"{of_text}?index=1"):
        assert (await shared_api.http.get(missing)).json()["code"] == "MEDIA_NOT_FOUND"
    for result in (text, image):
        await shared_api.json("DELETE", f"/results/{result['id']}")
        await shared_api.json("GET", f"/results/{result['id']}", 404)
    assert (await shared_api.json("GET", f"/tasks/{drawn}"))["result"] is None
    await shared_api.json("GET", f"/media/{pictures[0]}", 404)


async def test_what_a_deleted_task_has_made_is_hidden_with_it(shared_api: Application) -> None:
    drawn = await keep(shared_api, type="image")
    [picture] = await keep_pictures(shared_api, drawn, 1)
    [result] = await ids(shared_api, "/results", limit=1)
    await shared_api.json("DELETE", f"/tasks/{drawn}")
    for path in (f"/tasks/{drawn}", f"/media/{picture}", f"/results/{result}"):
        await shared_api.json("GET", path, 404)
    assert result not in await ids(shared_api, "/results")
    await shared_api.json("POST", f"/tasks/{drawn}/restore")
    assert (await shared_api.http.get(f"/api/media/{picture}")).content == PNG
