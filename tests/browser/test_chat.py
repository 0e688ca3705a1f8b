"""Conversations as a person has them: asked, heard, cut off, branched, found again."""

import re
from typing import Any

import httpx2
import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from spoonfeeder.simulator.ollama.server import SimulatedOllama
from tests.browser.conftest import SLOW_WORDS, Api, NewPage, ollama_profile, undo_of
from tests.fixtures.openai_media_replies import png

pytestmark = pytest.mark.browser


class ChatPage:
    """The chat as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.messages = page.get_by_role("article")
        self.answer = page.get_by_role("article", name="Answer").last
        self.question = page.get_by_role("article", name="You").last
        self.composer = page.get_by_role("textbox", name="Message", exact=True)
        self.list = page.get_by_role("navigation", name="Conversations")

    def open(self, conversation_id: str = "") -> None:
        self.page.goto(f"/chat/{conversation_id}")
        expect(self.composer).to_be_visible()

    def send(self, question: str) -> None:
        self.composer.fill(question)
        expect(self.page.get_by_role("button", name="Send")).to_be_enabled()
        self.composer.press("Enter")

    def ask(self, question: str) -> None:
        self.send(question)
        expect(self.question).to_contain_text(question)

    def expect_answer(self, words: int = 12) -> None:
        expect(self.answer).to_contain_text(f"{words} tokens")

    def words(self) -> list[str]:
        return said(self.answer).split()


def said(answer: Locator) -> str:
    return answer.locator(".markdown").inner_text()


@pytest.fixture
def chat(page: Page) -> ChatPage:
    return ChatPage(page)


def conversation_of(api: Api, profile: dict[str, Any], **more: Any) -> str:
    body = {"profile_id": profile["id"], "model": "llama3.2:latest", **more}
    return str(api.post("/conversations", body)["id"])


def keep(api: Api, conversation_id: str, role: str, content: str, **more: Any) -> str:
    body = {"role": role, "content": content, **more}
    made = api.post(f"/conversations/{conversation_id}/messages", body)
    return str((made["message"] or made["user_message"])["id"])


def cut_off(route: Route) -> None:
    """The connection breaks in the middle of an event, after words that were heard whole, however many there are."""
    said = b""
    with httpx2.stream("GET", route.request.url, timeout=60, trust_env=False) as answer:
        for piece in answer.iter_bytes():
            said += piece
            if said.count(b"event: delta") > 1:
                break
    route.fulfill(status=200, content_type="text/event-stream", body=said[:-9])


def test_first_question_grows_and_is_stopped(
    chat: ChatPage, page: Page, api: Api, slow_ollama: SimulatedOllama
) -> None:
    page.goto("/chat")
    expect(page.get_by_role("link", name="Add a profile")).to_be_visible()
    ollama_profile(api, slow_ollama, "Slow home")
    expect(page.get_by_role("button", name=re.compile("Model: llama3.2"))).to_be_visible()
    chat.ask("What is a lantern?")
    expect(page).to_have_url(re.compile(r"/chat/[0-9a-f-]{36}$"))
    expect(chat.composer).to_be_empty()
    page.wait_for_function("() => document.querySelector('.markdown')?.innerText.split(' ').length > 8")
    early = said(chat.answer)
    page.wait_for_function("n => document.querySelector('.markdown').innerText.length > n + 30", arg=len(early))
    assert said(chat.answer).startswith(early.rstrip(".")), "what was said changed while it grew"
    page.keyboard.press("Escape")
    expect(chat.answer).to_contain_text("Stopped.")
    stopped = chat.words()
    assert 8 < len(stopped) < SLOW_WORDS
    expect(chat.list.get_by_role("button", name=re.compile("^What is a lantern"))).to_be_visible()
    page.reload()
    expect(chat.answer).to_contain_text("Stopped.")
    assert chat.words() == stopped


def test_reload_and_a_cut_in_a_second_window_lead_to_the_same_end(
    new_page: NewPage, api: Api, slow_profile: dict[str, Any]
) -> None:
    conversation_id = conversation_of(api, slow_profile)
    one, other = (ChatPage(new_page()) for _ in range(2))
    for window in (one, other):
        window.open(conversation_id)
    heard: list[str] = []
    other.page.on("request", lambda request: heard.extend(re.findall(r"/stream\?offset=(\d+)", request.url)))
    other.page.route("**/stream?*", cut_off, times=1)
    with other.page.expect_request(lambda _: len(heard) > 1):
        one.ask("Go on while I am away")
    for window in (one, other):
        expect(window.answer).to_contain_text("Writing")
    one.page.reload()
    expect(one.answer).to_contain_text("Writing")
    one.page.get_by_role("button", name="Stop").click()
    for window in (one, other):
        expect(window.answer).to_contain_text("Stopped.")
        expect(window.page.get_by_role("button", name="Send")).to_be_visible()
    offsets = [int(offset) for offset in heard]
    assert offsets[1:] > offsets[:1], f"it was not taken up again behind what was heard: {heard}"
    content = api.get(f"/conversations/{conversation_id}")["messages"][-1]["content"]
    for window in (one, other):
        assert window.words() == content.split()


def test_questions_and_answers_have_alternatives(chat: ChatPage, page: Page, chat_profile: dict[str, Any]) -> None:
    chat.open()
    chat.ask("First words")
    chat.expect_answer()
    first = chat.words()
    chat.question.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Question").fill("Other words")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(chat.question).to_contain_text("Other words")
    expect(chat.question).to_contain_text("2 of 2")
    chat.expect_answer()
    assert chat.words() != first
    chat.question.get_by_role("button", name="Previous question").press("Enter")
    expect(chat.question).to_contain_text("First words")
    expect(chat.question.get_by_role("button", name="Previous question")).to_be_focused()
    assert chat.words() == first
    chat.answer.get_by_role("button", name="Another answer").click()
    expect(chat.answer).to_contain_text("2 of 2")
    chat.answer.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Answer").fill("Said by **me**")
    page.get_by_role("button", name="Save").click()
    expect(chat.answer).to_contain_text("3 of 3")
    expect(chat.answer.locator("strong")).to_have_text("me")
    chat.answer.get_by_role("button", name="More for this message").click()
    page.get_by_role("menuitem", name="Answer with another model").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Model: ")).click()
    page.get_by_role("option", name=re.compile("llava:7b")).click()
    page.get_by_role("dialog").get_by_role("button", name="Answer", exact=True).click()
    expect(chat.answer).to_contain_text("llava:7b")
    expect(chat.answer).to_contain_text("4 of 4")
    chat.ask("And then?")
    chat.question.get_by_role("button", name="Edit").focus()
    expect(chat.messages).to_have_count(4)
    chat.messages.first.get_by_role("button", name="More for this message").click()
    page.get_by_role("menuitem", name="Continue from here").click()
    expect(page.get_by_text("Goes on after: First words")).to_be_visible()
    chat.ask("Straight on")
    expect(chat.messages).to_have_count(3)
    expect(chat.question).to_contain_text("Straight on")


def lose_the_answer(route: Route) -> None:
    """The server hears the question, and the connection breaks before it can say so."""
    request = route.request
    headers = {name: request.headers[name] for name in ("content-type", "idempotency-key")}
    httpx2.post(request.url, content=request.post_data_buffer, headers=headers, timeout=60, trust_env=False)
    route.abort()


def test_a_question_is_asked_once_although_its_answer_was_lost(
    chat: ChatPage, page: Page, api: Api, chat_profile: dict[str, Any]
) -> None:
    chat.open(conversation_of(api, chat_profile))
    page.route("**/messages", lose_the_answer, times=1)
    chat.send("Is anybody there?")
    expect(page.get_by_text("The message was not sent").first).to_be_visible()
    expect(chat.question).to_contain_text("Is anybody there?")
    chat.expect_answer()
    expect(chat.composer).to_have_value("Is anybody there?")
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    chat.composer.press("Enter")
    expect(chat.composer).to_be_empty()
    expect(chat.messages).to_have_count(2)


def test_search_opens_an_old_conversation_at_the_place(chat: ChatPage, page: Page, api: Api) -> None:
    old = str(api.post("/conversations", {"provider": "ollama", "title": "Lamps of the coast"})["id"])
    top = keep(api, old, "user", "Where do they stand?")
    wanted = keep(api, old, "assistant", "word " * 400 + "the Fresnel lens of Ar-men " + "word " * 400)
    keep(api, old, "assistant", "Another branch.", parent_id=top)
    for number in range(3):
        keep(api, str(api.post("/conversations", {"provider": "ollama"})["id"]), "user", f"Something else {number}")
    chat.open()
    page.get_by_role("searchbox", name="Search in conversations").fill("fresnel lens")
    row = chat.list.get_by_role("button", name=re.compile("^Lamps of the coast"))
    expect(row.locator("mark")).to_have_text(["Fresnel", "lens"])
    expect(chat.list.get_by_role("listitem")).to_have_count(1)
    row.click()
    found = page.locator(f'[data-message="{wanted}"]')
    expect(found).to_be_focused()
    expect(found).to_be_in_viewport()
    expect(found).to_contain_text("1 of 2")
    page.reload()
    expect(page.get_by_role("searchbox", name="Search in conversations")).to_have_value("fresnel lens")
    expect(found).to_be_in_viewport()


def test_a_picture_goes_along_to_a_model_that_sees(
    chat: ChatPage, page: Page, chat_profile: dict[str, Any], ollama: SimulatedOllama
) -> None:
    chat.open()
    files = page.get_by_label("Pictures for the message")
    picture: FilePayload = {"name": "boat.png", "mimeType": "image/png", "buffer": png()}
    expect(page.get_by_role("button", name="llama3.2:latest does not see pictures")).to_be_visible()
    files.set_input_files(picture)
    expect(page.get_by_text("llama3.2:latest does not see pictures").first).to_be_visible()
    page.get_by_role("button", name=re.compile("Model: ")).click()
    page.get_by_role("option", name=re.compile("llava:7b")).click()
    expect(page.get_by_role("button", name="Add pictures")).to_be_visible()
    files.set_input_files([picture, picture | {"name": "text.txt", "mimeType": "text/plain"}])
    expect(page.get_by_text("“text.txt” is no PNG, JPEG, WebP or GIF.").first).to_be_visible()
    attached = page.get_by_role("list", name="Attached pictures")
    expect(attached.get_by_role("img", name="boat.png")).to_be_visible()
    page.reload()
    expect(attached.get_by_role("img", name="boat.png")).to_be_visible()
    chat.ask("What do you see?")
    chat.expect_answer()
    expect(attached).to_have_count(0)
    kept = chat.question.get_by_role("img", name="boat.png")
    expect(kept).not_to_have_js_property("naturalWidth", 0)
    assert [body for body in ollama.bodies if "messages" in body][-1]["messages"][-1]["images"]


def test_rename_export_delete_and_undo(chat: ChatPage, page: Page, api: Api) -> None:
    conversation_id = str(api.post("/conversations", {"provider": "ollama", "title": "A draft"})["id"])
    keep(api, conversation_id, "user", "To be kept")
    chat.open(conversation_id)
    row = chat.list.get_by_role("button", name=re.compile("^A draft"))
    row.press("F2")
    chat.list.get_by_role("textbox", name="Title of the conversation").fill("Final: a/b")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Final: a/b")
    page.get_by_role("button", name="More for this conversation").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Export as Markdown").click()
    assert download.value.suggested_filename == "Final a b.md"
    assert "To be kept" in download.value.path().read_text()
    chat.list.get_by_role("button", name=re.compile("^Final")).press("Delete")
    undo = undo_of(page)
    expect(chat.list.get_by_text("No conversations yet")).to_be_visible()
    expect(page).to_have_url(re.compile("/chat$"))
    undo.click()
    chat.list.get_by_role("button", name=re.compile("^Final")).click()
    expect(chat.question).to_contain_text("To be kept")
