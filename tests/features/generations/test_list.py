"""The generations of all sessions: filtered, and read page by page."""

from typing import Any

from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

PATH = "/comfyui/generations"


async def page(api: Application, **query: Any) -> dict[str, Any]:
    response = await api.http.get(f"/api{PATH}", params=query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def ids(api: Application, **query: Any) -> list[str]:
    return [row["id"] for row in (await page(api, **query))["data"]]


async def test_they_are_found_by_where_and_how_they_are(api: Application) -> None:
    first, second = [await api.session(workflow("txt2img_sd15")) for _ in range(2)]
    one, two = [(await api.generate(first))["id"] for _ in range(2)]
    other = await api.generate(second)
    await api.json("POST", f"{PATH}/{two}/cancel")
    await api.json("PATCH", f"{PATH}/{one}", json={"favorite": True})
    await insert_foreign(api.settings)
    assert await ids(api) == [other["id"], two, one]
    assert await ids(api, session_id=first) == [two, one]
    assert await ids(api, workflow_id=other["workflow_id"]) == [other["id"]]
    assert await ids(api, profile_id=await api.profile()) == [other["id"], two, one]
    assert await ids(api, status="cancelled") == [two]
    assert await ids(api, status=["cancelled", "pending"], session_id=first) == [two, one]
    assert await ids(api, favorite="true") == [one]
    assert await ids(api, favorite="false", status="pending") == [other["id"]]
    await api.json("DELETE", f"{PATH}/{two}")
    assert await ids(api, session_id=first) == [one]
    for wrong in ("status=lost", "favorite=maybe", "session_id=x", "limit=201", "cursor=x"):
        await api.json("GET", f"{PATH}?{wrong}", 422)


async def test_the_cursor_leads_through_all_of_them_once(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    made = [(await api.generate(session_id))["id"] for _ in range(5)]
    workflow_id = (await api.json("GET", f"{PATH}/{made[0]}"))["workflow_id"]
    for path in (PATH, f"/comfyui/workflows/{workflow_id}/generations"):
        seen: list[str] = []
        cursor: str | None = None
        for left in (5, 3, 1):
            query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            answer = (await api.http.get(f"/api{path}", params=query)).json()
            assert answer["pagination"]["total"] == 5
            assert bool(answer["next_cursor"]) == (left > 2)
            seen += [row["id"] for row in answer["data"]]
            cursor = answer["next_cursor"]
        assert seen == made[::-1]
    second = await page(api, limit=2, page=2)
    assert [row["id"] for row in second["data"]] == [made[2], made[1]]
