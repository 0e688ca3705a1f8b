"""Conversations as a client meets them: asked, answered, branched, changed, hidden and brought back."""

import asyncio
import base64
from typing import Any
from uuid import uuid4

import pytest

from tests.abuse.populated import PNG
from tests.features.chat.conversations.talking import Talk, talk_with, text_of
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_question_is_answered_and_both_are_kept(talk: Talk) -> None:
    asked = await talk.ask("Hello?\nAre you there?", "Yes, ", "I am.")
    assert (asked["user_message"]["content"], asked["message"]["content"]) == ("Hello?\nAre you there?", "Yes, I am.")
    answer = asked["message"]
    assert answer["parent_id"] == asked["user_message"]["id"]
    assert (answer["status"], answer["finish_reason"], answer["model"]) == ("complete", "stop", "answered:1b")
    assert answer["usage"]["output_tokens"] == 5
    assert answer["completed_at"] is not None
    shown = await talk.json("GET")
    assert [message["id"] for message in shown["messages"]] == [asked["user_message"]["id"], answer["id"]]
    assert (shown["title"], shown["preview"], shown["message_count"]) == ("Hello?", "Yes, I am.", 2)
    assert (shown["model"], shown["is_streaming"]) == ("small:1b", False)


async def test_the_model_is_told_the_path_and_the_system_prompt(talk: Talk) -> None:
    await talk.json("PATCH", system_prompt="Be brief.")
    await talk.ask("One?", "Two.")
    asking = asyncio.create_task(talk.json("POST", "/messages", 201, content="Three?", options={"seed": 7}))
    asked = await talk.model.answer("Four.")
    await asking
    assert [(told["role"], told["content"]) for told in asked["messages"]] == [
        ("system", "Be brief."),
        ("user", "One?"),
        ("assistant", "Two."),
        ("user", "Three?"),
    ]
    assert asked["options"]["seed"] == 7


async def test_a_stream_tells_the_ids_the_text_and_the_end(talk: Talk) -> None:
    async with talk.streamed("POST", "/messages", json={"content": "Hi", "stream": True}) as events:
        turn = await talk.model.turn()
        await turn.end("Höl", "zchen 🎼", "!")
        told = [event async for event in events]
    assert [told[0].name, told[-2].name, told[-1].name] == ["message", "usage", "done"]
    assert text_of(told) == "Hölzchen 🎼!"
    assert told[-1].offset == len("Hölzchen 🎼!")
    assert told[-1].data["status"] == "complete"
    kept = await talk.message(told[0].data["message_id"])
    assert (kept["content"], kept["status"]) == ("Hölzchen 🎼!", "complete")
    assert await talk.read(kept["id"], 3) == [
        ("delta", {"text": "zchen 🎼!"}, 11),
        *told[-2:],
    ]
    assert text_of(await talk.read(kept["id"], headers={"Last-Event-ID": "9"})) == "🎼!"


async def test_a_message_with_a_role_is_only_kept(talk: Talk) -> None:
    for role in ("user", "assistant"):
        kept = await talk.json("POST", "/messages", 201, role=role, content=f"by {role}")
        assert (kept["message"] or kept["user_message"])["role"] == role
    assert await talk.texts() == ["by user", "by assistant"]
    assert talk.model.turns.empty()
    await talk.json("POST", "/messages", 422, role="owner", content="x")
    await talk.json("POST", "/messages", 422, content="")


async def test_former_answers_stay_as_alternatives(talk: Talk) -> None:
    first = (await talk.ask("Name a color.", "Red"))["message"]
    regenerating = asyncio.create_task(talk.json("POST", "/regenerate", 201, model="other:7b"))
    assert (await talk.model.answer("Blue"))["model"] == "other:7b"
    second = (await regenerating)["message"]
    assert second["alternatives"] == {"position": 2, "count": 2, "ids": [first["id"], second["id"]]}
    assert await talk.texts() == ["Name a color.", "Blue"]
    await talk.ask("Why?", "Because.")
    assert (await talk.json("PATCH", head_id=first["id"]))["head_id"] == first["id"]
    assert await talk.texts() == ["Name a color.", "Red"]
    await talk.json("PATCH", head_id=second["id"])
    assert await talk.texts() == ["Name a color.", "Blue", "Why?", "Because."]


async def test_an_edited_question_is_a_branch(talk: Talk) -> None:
    asked = await talk.ask("One?", "Two.")
    await talk.ask("Three?", "Four.")
    edited = asyncio.create_task(
        talk.json("PATCH", f"/messages/{asked['user_message']['id']}", 201, content="Eins?", answer=True)
    )
    assert [told["content"] for told in (await talk.model.answer("Zwei."))["messages"]] == ["Eins?"]
    branch = await edited
    assert branch["user_message"]["alternatives"]["position"] == 2
    assert await talk.texts() == ["Eins?", "Zwei."]
    whole = await talk.json("GET", "?all=1")
    assert [message["content"] for message in whole["messages"]] == [
        "One?",
        "Two.",
        "Three?",
        "Four.",
        "Eins?",
        "Zwei.",
    ]
    assert whole["message_count"] == 6
    corrected = await talk.json("PATCH", f"/messages/{branch['message']['id']}", 201, content="Zwo.")
    assert corrected["message"]["alternatives"]["count"] == 2
    assert await talk.texts() == ["Eins?", "Zwo."]
    await talk.json("PATCH", f"/messages/{branch['message']['id']}", 422, content="x", answer=True)


async def test_a_message_can_be_put_below_any_other(talk: Talk) -> None:
    first = (await talk.ask("One?", "Two."))["message"]
    await talk.ask("Three?", "Four.")
    asking = asyncio.create_task(talk.json("POST", "/messages", 201, content="Drei?", parent_id=first["id"]))
    told = (await talk.model.answer("Vier."))["messages"]
    assert [message["content"] for message in told] == ["One?", "Two.", "Drei?"]
    await asking
    assert await talk.texts() == ["One?", "Two.", "Drei?", "Vier."]


async def test_failed_answers_are_kept_shown_and_not_told_to_the_model(talk: Talk) -> None:
    asking = asyncio.create_task(talk.json("POST", "/messages", 201, content="Hello?"))
    (await talk.model.turn()).cut()
    failed = (await asking)["message"]
    assert (failed["status"], failed["content"]) == ("failed", "")
    assert failed["error_code"].startswith("PROVIDER_")
    assert len(failed["error"].split()) > 3
    [told] = await talk.read(failed["id"])
    assert (told.name, told.data["code"], told.data["statusCode"]) == ("error", failed["error_code"], 502)
    asking = asyncio.create_task(talk.json("POST", "/messages", 201, content="Still there?"))
    messages = (await talk.model.answer("Yes."))["messages"]
    assert [message["content"] for message in messages] == ["Hello?", "Still there?"]
    await asking


async def test_pictures_are_kept_and_shown_to_the_model(talk: Talk) -> None:
    uploaded = await talk.application.json("POST", "/comfyui/uploads", 201, files={"file": ("dot.png", PNG)})
    inline = "data:image/png;base64," + base64.b64encode(PNG).decode()
    content: Any = [
        {"type": "text", "text": "What is this?"},
        {"type": "image", "upload_id": uploaded["id"]},
        {"type": "image_url", "image_url": {"url": inline}},
    ]
    asking = asyncio.create_task(talk.json("POST", "/messages", 201, content=content))
    [told] = (await talk.model.answer("Two dots."))["messages"]
    assert (told["content"], told["images"]) == ("What is this?", [base64.b64encode(PNG).decode()] * 2)
    kept = (await asking)["user_message"]["attachments"]
    assert kept[0]["id"] == uploaded["id"]
    assert (await talk.application.http.get(kept[1]["url"])).content == PNG
    unknown: Any = [{"type": "image", "upload_id": str(uuid4())}]
    await talk.json("POST", "/messages", 422, content=unknown)


async def test_the_oldest_pictures_are_left_out_where_all_are_too_much(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def images_told(*names: str) -> list[list[str]]:
        """Of each message that the model is told."""
        content: Any = [{"type": "text", "text": "Look."}]
        content += [{"type": "image", "upload_id": uploads[name]} for name in names]
        asking = asyncio.create_task(talk.json("POST", "/messages", 201, content=content))
        told = (await talk.model.answer("Seen."))["messages"]
        await asking
        letters = {base64.b64encode(PNG + name.encode()).decode(): name for name in "abcd"}
        return [
            [letters[image] for image in message.get("images", ())] for message in told if message["role"] == "user"
        ]

    uploads = {}
    for name in "abcd":
        made = await talk.application.json(
            "POST", "/comfyui/uploads", 201, files={"file": (f"{name}.png", PNG + name.encode())}
        )
        uploads[name] = made["id"]
    monkeypatch.setattr("spoonfeeder.features.calls.pictures.MOST_BYTES_TOGETHER", 3 * (len(PNG) + 1))
    assert await images_told("a", "b") == [["a", "b"]]
    assert await images_told("c") == [["a", "b"], ["c"]]
    assert await images_told("d") == [["b"], ["c"], ["d"]]
    too_much: Any = [{"type": "image", "upload_id": upload} for upload in uploads.values()]
    failure = await talk.json("POST", "/messages", 422, content=too_much)
    assert "together" in failure["error"]
    assert await images_told("a", "b", "c") == [[], [], [], ["a", "b", "c"]]


async def test_a_repeated_request_answers_the_first_ones_rows(talk: Talk) -> None:
    key = {"Idempotency-Key": "again"}
    path = f"/api{talk.path}/messages"
    asking = asyncio.create_task(talk.application.http.post(path, json={"content": "Once?"}, headers=key))
    turn = await talk.model.turn()
    again = await talk.application.http.post(path, json={"content": "Once?"}, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "IDEMPOTENCY_KEY_IN_FLIGHT")
    await turn.end("Once.")
    first = await asking
    again = await talk.application.http.post(path, json={"content": "Once?"}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = await talk.application.http.post(path, json={"content": "Twice?"}, headers=key)
    assert other.status_code == 422
    assert (await talk.json("GET"))["message_count"] == 2


async def test_a_list_is_ordered_by_activity(talk: Talk) -> None:
    older = await talk.application.json("POST", "/conversations", 201, json={"title": "Older"})
    assert [row["id"] for row in await talk.application.json("GET", "/conversations")] == [older["id"], talk.id]
    await talk.ask("One?", "Two.")
    listed = await talk.application.json("GET", "/conversations")
    assert [row["id"] for row in listed] == [talk.id, older["id"]]
    assert (listed[0]["preview"], listed[0]["message_count"], listed[1]["preview"]) == ("Two.", 2, "")
    page = await talk.application.http.get(f"/api{talk.path}/messages?limit=1&page=2")
    assert [message["content"] for message in page.json()["data"]] == ["Two."]
    assert page.json()["pagination"]["total"] == 2


async def test_a_deleted_conversation_comes_back(talk: Talk) -> None:
    await talk.ask("One?", "Two.")
    await talk.json("DELETE")
    for method, rest, body in (("GET", "", {}), ("POST", "/messages", {"content": "x"}), ("POST", "/stop", {})):
        await talk.json(method, rest, 404, **body)
    assert await talk.application.json("GET", "/conversations?q=two") == []
    assert (await talk.json("POST", "/restore"))["message_count"] == 2
    assert await talk.texts() == ["One?", "Two."]
    await talk.json("POST", "/restore", 409)


async def test_a_conversation_is_changed(talk: Talk) -> None:
    row = await talk.json("PATCH", title="Mine", options={"temperature": 0.5}, system_prompt="Be kind.")
    assert (row["title"], row["options"], row["system_prompt"]) == ("Mine", {"temperature": 0.5}, "Be kind.")
    await talk.ask("Hi", "Ho")
    row = await talk.json("GET")
    again = await talk.json("PUT", **(row | {"title": "Ours"}))
    assert {**row, "title": "Ours", "updated_at": again["updated_at"]}.items() >= again.items()
    assert (await talk.json("GET"))["title"] == "Ours"
    for wrong in ({"head_id": str(uuid4())}, {"profile_id": str(uuid4())}, {"fence": 3}, {"title": None}):
        await talk.json("PATCH", "", 422, **wrong)
    await talk.json("PATCH", "", 422, options={"base_url": "http://127.0.0.1:1"})
    await talk.json("POST", "/messages", 422, content="x", options={"api_key": "x"})
    await talk.json("PATCH", "", 422, provider="comfyui")


async def test_where_its_profile_is_deleted_another_of_the_provider_answers(talk: Talk) -> None:
    await talk_with(talk.application, talk.model)
    profile_id = (await talk.json("GET"))["profile_id"]
    await talk.application.json("DELETE", f"/profiles/{profile_id}")
    answer = (await talk.ask("Still there?", "Yes."))["message"]
    assert (answer["status"], answer["content"]) == ("complete", "Yes.")
    assert answer["profile_id"] not in {None, profile_id}


async def test_rows_of_another_workspace_are_not_there(server: ServerMode, talk: Talk) -> None:
    asked = await talk.ask("Secret?", "Yes.")
    other = server.acting_as(await server.stranger())
    message = f"{talk.path}/messages/{asked['message']['id']}"
    for method, path, body in (
        ("GET", talk.path, None),
        ("GET", f"{message}/stream", None),
        ("GET", f"{talk.path}/export", None),
        ("POST", f"{talk.path}/messages", {"content": "x"}),
        ("POST", f"{talk.path}/regenerate", {}),
        ("POST", f"{talk.path}/stop", {}),
        ("PATCH", message, {"content": "x"}),
        ("DELETE", talk.path, None),
    ):
        await other.json(method, path, 404, **({"json": body} if body is not None else {}))
    assert await other.json("GET", "/conversations?q=secret") == []
    mine = await talk_with(talk.application, talk.model)
    await mine.json("GET", f"/messages/{asked['message']['id']}/stream", 404)
    await mine.json("PATCH", f"/messages/{asked['message']['id']}", 404, content="x")
    await mine.json("POST", "/regenerate", 404, message_id=asked["message"]["id"])
    await mine.json("POST", "/messages", 422, content="x", parent_id=asked["message"]["id"])


async def test_who_only_reads_may_not_write(server: ServerMode, talk: Talk) -> None:
    viewer = server.acting_as(await server.person("viewer"))
    await viewer.json("GET", "/conversations")
    await viewer.json("POST", "/conversations", 403, json={})
