"""AUTH=required in a browser: the first admin, an invitation, signing in and out, a login that ends elsewhere."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import (
    ADMIN,
    DESKTOP,
    PASSWORD,
    PATIENCE_MS,
    Api,
    ComfyUIPage,
    find_setup_path,
    make_session,
    running_up,
)
from tests.embedded.running_up import Up

pytestmark = pytest.mark.browser


@pytest.fixture
def visitor(browser: Browser, closed_up: Up) -> Iterator[Page]:
    context = browser.new_context(base_url=closed_up.url, viewport=DESKTOP)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def new_up() -> Iterator[Up]:
    """Where nobody has signed in yet."""
    yield from running_up(AUTH="required", PASSWORD_MEMORY_KIB="8192", PASSWORD_TIME_COST="1")


def test_setup_makes_the_first_admin(visitor: Page, new_up: Up) -> None:
    visitor.goto(new_up.url + find_setup_path(new_up))
    visitor.get_by_label("E-mail").fill(ADMIN)
    visitor.get_by_label("Name").fill("Ada")
    visitor.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.get_by_role("button", name=re.compile("Create|Set up|Make")).click()
    expect(visitor.get_by_role("navigation", name="Pages")).to_be_visible()
    assert "token" not in visitor.url


def test_signing_in_leads_where_one_wanted_to_go(visitor: Page, admin: str) -> None:
    visitor.goto("/profiles")
    expect(visitor).to_have_url(re.compile("/login$"))
    visitor.get_by_label("E-mail").fill(admin)
    visitor.get_by_label("Password", exact=True).fill("wrong horse")
    visitor.get_by_role("button", name="Sign in").click()
    expect(visitor.get_by_role("alert")).to_be_visible()
    sign_in(visitor, admin)
    expect(visitor).to_have_url(re.compile("/profiles$"))
    expect(visitor.get_by_text("Demo (simulated ComfyUI)")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("Demo (simulated ComfyUI)")).to_be_visible()


def test_a_picture_behind_a_sign_in_is_seen_live(visitor: Page, admin: str, closed_up: Up) -> None:
    api = Api(closed_up, admin)
    visitor.goto(f"/comfyui/{make_session(api)}")
    api.close()
    sign_in(visitor, admin)
    comfyui = ComfyUIPage(visitor)
    comfyui.generate("behind a sign-in")
    comfyui.expect_picture("behind a sign-in")
    expect(comfyui.connection).to_have_text("Live")


def test_a_login_that_ends_elsewhere_ends_here(visitor: Page, admin: str, closed_up: Up) -> None:
    visitor.goto("/")
    sign_in(visitor, admin)
    expect(visitor.get_by_role("navigation", name="Pages")).to_be_visible()
    with httpx2.Client(base_url=closed_up.url, timeout=60, trust_env=False) as http:
        answer = http.post("/api/auth/login", json={"email": admin, "password": PASSWORD})
        bearer = {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}
        assert http.post("/api/auth/logout-everywhere", json={}, headers=bearer).status_code == 200
    expect(visitor).to_have_url(re.compile("/login$"))


def test_two_tabs_share_one_login(visitor: Page, admin: str) -> None:
    visitor.goto("/")
    sign_in(visitor, admin)
    expect(visitor.get_by_role("navigation", name="Pages")).to_be_visible()
    tabs = [visitor.context.new_page() for _ in range(3)]
    for tab in tabs:
        tab.goto("/profiles", wait_until="commit")
    for tab in tabs:
        expect(tab.get_by_text("Demo (simulated ComfyUI)")).to_be_visible()
    visitor.get_by_role("button", name=re.compile("Ada|Account")).click()
    visitor.get_by_role("menuitem", name="Sign out", exact=True).click()
    for page in (visitor, *tabs):
        expect(page).to_have_url(re.compile("/login$"))


def test_a_login_is_picked_up_only_where_there_may_be_one(visitor: Page, admin: str) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/auth/refresh"):
            asked.append(request.url)

    visitor.on("request", note)
    visitor.goto("/settings")
    expect(visitor.get_by_label("E-mail")).to_be_visible()
    assert asked == []
    sign_in(visitor, admin)
    visitor.get_by_role("button", name="Forget it all").click()
    visitor.get_by_role("dialog").get_by_role("button", name="Forget", exact=True).click()
    expect(visitor.get_by_role("dialog")).to_have_count(0)
    visitor.wait_for_load_state()
    expect(visitor.get_by_role("button", name="Forget it all")).to_be_visible()
    assert len(asked) == 1
