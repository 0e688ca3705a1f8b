"""A session of 5,000 generations."""

import subprocess
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page, expect

from spoonfeeder.embedded.binaries import postgres_programs
from spoonfeeder.embedded.process import database_account
from tests.browser.conftest import Api, ComfyUIPage, NewPage
from tests.embedded.running_up import Up

MANY = 5_000
MOST_CARDS = 60
ONE_PAGE = 50
MOST_TURNS = 1_000
LONGEST_TASK_MS = 100
FILL = """
INSERT INTO comfyui_generations SELECT (jsonb_populate_record(g, jsonb_build_object(
  'id', gen_random_uuid(), 'prompt_id', gen_random_uuid(), 'prompt_text', 'picture ' || n,
  'created_at', g.created_at - n * interval '1 minute'))).*
FROM comfyui_generations g, generate_series(1, {many}) n WHERE g.id = '{id}';
UPDATE comfyui_sessions SET generation_count = {many} + 1, completed_count = {many} + 1
WHERE id = (SELECT session_id FROM comfyui_generations WHERE id = '{id}');
"""
RECORD = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask", buffered: true });
}"""


def fill(up: Up, generation_id: str) -> None:
    """The same picture again and again, as rows of one session."""
    account = database_account()
    psql = postgres_programs(account, up.home / "bin") / "psql"
    to: list[str | Path] = ["-h", up.home / "run", "-U", "postgres", "-d", "spoonfeeder"]
    sql = FILL.format(many=MANY, id=generation_id)
    subprocess.run([psql, *to, "-v", "ON_ERROR_STOP=1", "-q"], input=sql, text=True, check=True)


def longest_task(page: Page) -> float:
    return float(page.evaluate("() => Math.max(0, ...window.tasks)"))


OLDEST = """() => Math.max(0, ...[...document.querySelectorAll("article")]
  .map((card) => Number(/picture (\\d+)/.exec(card.ariaLabel)?.[1] ?? 0)))"""


def scroll_through(page: Page) -> int:
    """Up and down as fast as a wheel turns, past the first page; the most cards that were ever in the document."""
    most = oldest = turns = 0
    page.get_by_role("feed", name="Generations").hover()

    def turn(step: int) -> None:
        nonlocal most, oldest, turns
        page.mouse.wheel(0, step * 2_000)
        page.wait_for_timeout(30)
        turns += 1
        most = max(most, page.get_by_role("article").count())
        oldest = max(oldest, page.evaluate(OLDEST))

    while turns < 40 or (oldest <= ONE_PAGE and turns < MOST_TURNS):
        turn(-1)
    for _ in range(10):
        turn(1)
    assert oldest > ONE_PAGE, f"scrolled no further than picture {oldest}"
    return most


@pytest.fixture
def many(new_page: NewPage, session_id: str, api: Api, up: Up) -> str:
    """A session of that many generations."""
    made = api.post(
        f"/comfyui/sessions/{session_id}/generate", {"prompt_text": "the newest", "parameters": {"steps": 2}}
    )
    first = ComfyUIPage(new_page())
    first.open(session_id)
    first.expect_picture("the newest")
    fill(up, made["id"])
    return session_id


@pytest.mark.browser
def test_of_5000_generations_only_those_in_sight_are_in_the_document(new_page: NewPage, many: str) -> None:
    _, cards = visit(new_page, many, MANY)
    assert cards <= MOST_CARDS


@pytest.mark.bench
def test_5000_generations_stay_light(new_page: NewPage, many: str, api: Api) -> None:
    """Beside an empty session, which is the floor."""
    empty = [visit(new_page, api.post("/comfyui/sessions", {"title": "Empty"})["id"], 0)[0] for _ in range(3)]
    full = [visit(new_page, many, MANY)[0] for _ in range(3)]
    beyond = median(full) - median(empty)
    assert beyond <= LONGEST_TASK_MS, f"longest tasks: empty {empty}, full {full} (ms)"


def visit(new_page: NewPage, session_id: str, rows: int) -> tuple[float, int]:
    """Opens the session in a new window and scrolls; the longest main-thread task, and the most cards at once."""
    comfyui = ComfyUIPage(new_page())
    comfyui.page.add_init_script(f"({RECORD})()")
    comfyui.open(session_id)
    expect(comfyui.connection).to_have_text("Live")
    most = 0
    if rows:
        comfyui.expect_picture("the newest")
        most = scroll_through(comfyui.page)
    longest = longest_task(comfyui.page)
    comfyui.page.context.close()
    return longest, most
