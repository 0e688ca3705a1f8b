"""Users, workspaces, keys and the logs of a server with a sign-in, as an admin and an invited person use them."""

import re
from collections.abc import Iterator
from functools import partial

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import ADMIN, DESKTOP, PASSWORD, PATIENCE_MS, Api, sign_in
from tests.embedded.processes import wait_for
from tests.embedded.running_up import Up

pytestmark = pytest.mark.browser


@pytest.fixture
def context(browser: Browser, closed_up: Up) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=closed_up.url, viewport=DESKTOP, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, admin: str) -> Page:
    sign_in(context, admin)
    return context.new_page()


def test_a_user_is_made_renamed_locked_out_and_let_in_again(page: Page, closed_up: Up) -> None:
    page.goto("/users")
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog", name="New user")
    dialog.get_by_label("E-mail").fill(ADMIN)
    dialog.get_by_label("Name").fill("Cleo")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Create user").click()
    expect(dialog.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("E-mail").fill("cleo@example.org")
    dialog.get_by_role("button", name="Create user").click()
    expect(dialog).to_have_count(0)
    page.get_by_label("Search users").fill("cleo@")
    expect(page.get_by_role("status").filter(has_text=re.compile("^1 user$"))).to_be_visible()
    row = page.get_by_role("list", name="Users").get_by_role("listitem")
    row.get_by_role("button", name="More for Cleo").click()
    page.get_by_role("menuitem", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    expect(row.get_by_text("Deactivated")).to_be_visible()
    cleo = {"email": "cleo@example.org", "password": PASSWORD}
    assert httpx2.post(f"{closed_up.url}/api/auth/login", json=cleo, timeout=60, trust_env=False).status_code == 401
    row.get_by_role("button", name="More for Cleo").click()
    page.get_by_role("menuitem", name="Activate").click()
    expect(row.get_by_text("Deactivated")).to_have_count(0)
    assert httpx2.post(f"{closed_up.url}/api/auth/login", json=cleo, timeout=60, trust_env=False).status_code == 200


def test_the_last_admin_is_told_why_they_stay_one(page: Page) -> None:
    page.goto(f"/users?q={ADMIN}")
    page.get_by_role("button", name="More for Ada").click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Role on the server").select_option("member")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("make somebody else an admin first")).to_be_visible()
    expect(dialog.get_by_label("Role on the server")).to_be_focused()


def test_a_workspace_is_shared_by_a_link_that_is_shown_once(page: Page, browser: Browser, closed_up: Up) -> None:
    page.goto("/workspaces")
    page.get_by_role("button", name="New workspace").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Studio")
    page.get_by_role("dialog").get_by_role("button", name="Create workspace").click()
    expect(page.get_by_role("heading", name="Studio")).to_be_visible()
    page.get_by_role("button", name="Invite somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Role").select_option("viewer")
    dialog.get_by_role("button", name="Make the link").click()
    link = dialog.get_by_label("Link of the invitation", exact=True).input_value()
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("list", name="Invitations")).to_contain_text("open")
    assert link.startswith(closed_up.url)
    guest = browser.new_context(viewport=DESKTOP).new_page()
    guest.set_default_timeout(PATIENCE_MS)
    guest.goto(link)
    guest.get_by_label("E-mail").fill("dora@example.org")
    guest.get_by_label("Name").fill("Dora")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Make an account and join").click()
    guest.get_by_role("button", name="Go to the workspace").click()
    expect(guest.get_by_role("heading", name="Dashboard")).to_be_visible()
    guest.goto(f"{closed_up.url}/workspaces")
    expect(guest.get_by_role("heading", name="Studio")).to_be_visible()
    expect(guest.get_by_text("You are its viewer")).to_be_visible()
    expect(guest.get_by_role("button", name="Rename")).to_have_count(0)
    expect(guest.get_by_role("button", name="Invite somebody")).to_have_count(0)
    for path in ("/users", "/audit", "/calls"):
        guest.goto(closed_up.url + path)
        expect(guest.get_by_role("heading", name="Nothing for you here")).to_be_visible()
    page.reload()
    expect(page.get_by_role("list", name="Invitations")).to_contain_text("accepted")
    page.get_by_label("Role of Dora").select_option("admin")
    expect(page.get_by_text("Dora is admin now.").first).to_be_visible()
    guest.goto(f"{closed_up.url}/audit")
    expect(guest.get_by_role("list", name="Audit log").get_by_text("changed the role of a member")).to_be_visible()
    page.get_by_role("button", name="Leave").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("only active owner")
    guest.context.close()


def is_used(api: Api, name: str) -> bool:
    return any(key["last_used_at"] for key in api.get("/auth/api-keys") if key["name"] == name)


def test_a_key_works_from_the_line_that_is_shown_once_and_no_more_when_revoked(page: Page, closed_up: Up) -> None:
    page.goto("/keys")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("n8n")
    dialog.get_by_label("It may").select_option("read")
    dialog.get_by_role("button", name="Create key").click()
    line = dialog.get_by_label("Try it in a terminal", exact=True).input_value()
    dialog.get_by_role("button", name="Done").click()
    found = re.fullmatch(r'curl (\S+) -H "Authorization: (Bearer sf_\S+)"', line)
    assert found
    url, bearer = found.groups()
    assert httpx2.get(url, headers={"Authorization": bearer}, timeout=60, trust_env=False).status_code == 200
    api = Api(closed_up, ADMIN)
    wait_for(partial(is_used, api, "n8n"), 60)
    page.reload()
    keys = page.get_by_role("list", name="API keys")
    expect(keys.get_by_role("listitem").filter(has_text="n8n")).to_contain_text("· used")
    assert bearer.split()[1] not in page.content()
    keys.get_by_role("button", name="Revoke n8n").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(keys.get_by_text("n8n")).to_have_count(0)
    assert httpx2.get(url, headers={"Authorization": bearer}, timeout=60, trust_env=False).status_code == 401
    page.goto("/audit?action=api_key_revoked")
    expect(page.get_by_role("list", name="Audit log").get_by_text("revoked the API key “n8n”").first).to_be_visible()
    refused = "route=/api/auth/me&status=401"
    wait_for(lambda: bool(api.get(f"/api-log?{refused}")), 60)
    api.close()
    page.goto(f"/calls?{refused}")
    expect(page.get_by_role("table", name="API log")).to_contain_text("401")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_role("table", name="API log")).to_contain_text("200")
