"""`Idempotency-Key`: the same request sent again starts its work once (R2, A55)."""

import asyncio
from collections import Counter
from typing import Any

import httpx2

from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow


async def _send(api: Application, session_id: str, key: str, **body: Any) -> httpx2.Response:
    path = f"/api/comfyui/sessions/{session_id}/generate"
    return await api.http.post(path, json=body, headers={"Idempotency-Key": key})


async def _rows(api: Application, session_id: str) -> int:
    return int((await api.json("GET", f"/comfyui/sessions/{session_id}"))["total_generations"])


async def test_50_equal_requests_at_once_make_one_generation(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    answers = await asyncio.gather(*(_send(api, session_id, "once", prompt_text="a harbour") for _ in range(50)))
    counted = Counter(answer.status_code for answer in answers)
    assert set(counted) <= {201, 409}, counted
    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.json()["data"]["id"] for answer in made}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in made) == 1
    assert await _rows(api, session_id) == 1


async def test_the_answer_to_a_repeated_request_shows_the_present_state(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    first = (await _send(application, session_id, "k", prompt_text="a harbour")).json()["data"]
    await application.ended(first["id"])
    again = await _send(application, session_id, "k", prompt_text="a harbour")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert (again.json()["data"]["id"], again.json()["data"]["status"]) == (first["id"], "completed")


async def test_a_key_is_refused_for_another_body_and_free_for_another_session(api: Application) -> None:
    session_id, other = await api.session(workflow("txt2img_sd15")), await api.session(workflow("txt2img_sd15"))
    assert (await _send(api, session_id, "k", prompt_text="a harbour")).status_code == 201
    reused = await _send(api, session_id, "k", prompt_text="a hill")
    assert (reused.status_code, reused.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert (await _send(api, other, "k", prompt_text="a hill")).status_code == 201
    assert [await _rows(api, session_id), await _rows(api, other)] == [1, 1]


async def test_a_request_that_was_refused_leaves_its_key_free(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    assert (await _send(api, session_id, "k", parameters={"width": -1})).status_code == 422
    assert (await _send(api, session_id, "k", prompt_text="a hill")).status_code == 201


async def test_a_key_that_is_too_long_is_refused(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    assert (await _send(api, session_id, "k" * 10_000)).status_code in {422, 431}
    assert await _rows(api, session_id) == 0
