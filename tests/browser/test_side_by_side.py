"""One prompt, several models: what a person sees of their answers, and where one of them leads."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api

pytestmark = pytest.mark.browser

CONVERSATION = re.compile(r"/chat/[0-9a-f-]{36}$")


def ask(page: Page, prompt: str) -> None:
    page.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)
    page.get_by_role("button", name="Ask all").click()


def test_answers_stand_side_by_side_and_one_goes_on_as_a_conversation(
    page: Page, api: Api, chat_profile: dict[str, Any]
) -> None:
    page.goto("/chat/compare")
    page.get_by_role("button", name="Add a model").click()
    page.get_by_role("button", name="Model 3: Choose a model").click()
    expect(page.get_by_placeholder("Search, or type the name of a model")).to_be_focused()
    page.keyboard.type("nobody:1b")
    expect(page.get_by_role("option", selected=True)).to_contain_text("“nobody:1b”")
    page.keyboard.press("Enter")
    ask(page, "What is a lighthouse?")
    expect(page.get_by_text("2 of 3 have answered, 1 failed.")).to_be_visible()
    failed = page.get_by_role("article", name="nobody:1b")
    expect(failed.get_by_text("Ollama has no model")).to_be_visible()
    chosen = page.get_by_role("article", name="llava:7b")
    expect(chosen.get_by_text("Done")).to_be_visible()
    expect(chosen.get_by_text("12 tokens")).to_be_visible()
    answer = chosen.get_by_role("paragraph").nth(1).inner_text()
    assert len(answer.split()) == 12

    page.get_by_role("button", name="Continue with this answer of llava:7b").click()
    expect(page).to_have_url(CONVERSATION)
    expect(page.get_by_role("article", name="Answer").get_by_text(answer)).to_be_visible()
    messages = api.get(f"/conversations/{page.url.rsplit('/', 1)[1]}")["messages"]
    assert [(said["role"], said["content"]) for said in messages] == [
        ("user", "What is a lighthouse?"),
        ("assistant", answer),
    ]


def test_all_are_stopped_and_the_same_models_are_there_again(page: Page, slow_profile: dict[str, Any]) -> None:
    page.goto("/chat/compare")
    ask(page, "Tell me everything.")
    article = page.get_by_role("article", name="llama3.2:latest")
    expect(article.get_by_text("Writing")).to_be_visible()
    page.get_by_role("button", name="Stop all").click()
    expect(page.get_by_text("0 of 2 have answered, 2 stopped.")).to_be_visible()
    expect(article.get_by_role("button", name="Copy the answer")).to_be_visible()

    page.get_by_role("button", name="Model 1:").click()
    page.get_by_role("option", name="llava:7b").click()
    expect(page.get_by_role("button", name="Model 1: llava:7b, Slow home")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Model 1: llava:7b, Slow home")).to_be_visible()
    expect(page.get_by_role("button", name="Model 2: llava:7b, Slow home")).to_be_visible()


def test_an_answer_becomes_the_prompt_of_a_picture(page: Page, chat_profile: dict[str, Any], session_id: str) -> None:
    page.goto("/chat/compare")
    ask(page, "Describe a harbour.")
    article = page.get_by_role("article", name="llava:7b")
    article.get_by_role("button", name="Make a picture of this").click()
    answer = article.get_by_role("paragraph").nth(1).inner_text()
    page.get_by_role("option", name="In a new session").click()
    expect(page).to_have_url(re.compile(r"/comfyui$"))
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    expect(prompt).to_have_value(answer)

    page.go_back()
    article.get_by_role("button", name="Make a picture of this").click()
    expect(page.get_by_placeholder("Search the sessions")).to_be_focused()
    expect(page.get_by_role("option", selected=True)).to_contain_text("Lighthouses")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/comfyui/{session_id}$"))
    expect(prompt).to_have_value(answer)
