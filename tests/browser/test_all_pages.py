"""What holds of every page: a name, no serious issue for axe, the whole of it by keyboard, and its place on a phone.

Every page on both devices in a thorough run (`make pages`), else each on one of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.abuse.sampling import THOROUGH
from tests.browser import walk
from tests.browser.conftest import ADMIN, DESKTOP, NOT_OURS, PATIENCE_MS, Api, set_up_admin, sign_in
from tests.browser.pages import PLACES, fill
from tests.embedded.running_up import Up

pytestmark = pytest.mark.browser

Look = Literal["light", "dark"]
STEP = 1 if THOROUGH else 2


@pytest.fixture(scope="module")
def ids(closed_up: Up, setup_path: str) -> Iterator[dict[str, str]]:
    set_up_admin(closed_up.url, setup_path)
    api = Api(closed_up, ADMIN)
    yield fill(api, "Kestrel")
    api.close()


@contextmanager
def window(browser: Browser, up: Up, look: Look, device: dict[str, Any]) -> Iterator[tuple[Page, list[str]]]:
    """One for all pages, signed in, and what its scripts complain of."""
    context = browser.new_context(base_url=up.url, color_scheme=look, reduced_motion="reduce", **device)
    walk.prepare(context)
    sign_in(context, ADMIN)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text) if said.type == "error" and not said.text.startswith(NOT_OURS) else None
        ),
    )
    yield page, complaints
    context.close()


def test_every_page_on_a_desktop(browser: Browser, closed_up: Up, ids: dict[str, str]) -> None:
    found = {}
    with window(browser, closed_up, "light", {"viewport": DESKTOP}) as (page, complaints):
        for place in PLACES[::STEP]:
            walk.go(page, place.at(ids))
            found[place.name] = walk.unnamed(page) + walk.serious_issues(page) + walk.out_of_reach(page) + complaints
            complaints.clear()
    assert {name: said for name, said in found.items() if said} == {}


def test_every_page_on_a_phone(browser: Browser, closed_up: Up, ids: dict[str, str]) -> None:
    found = {}
    with window(browser, closed_up, "dark", walk.PHONE) as (page, complaints):
        for place in PLACES[STEP - 1 :: STEP]:
            walk.go(page, place.at(ids))
            found[place.name] = walk.unnamed(page) + walk.serious_issues(page) + walk.too_wide(page) + complaints
            complaints.clear()
    assert {name: said for name, said in found.items() if said} == {}


BROKEN = """<title>Tasks</title><header><button>Account</button></header><main id="main" tabindex="-1">
<h1>Tasks</h1><h1>Tasks</h1><p style="color: #ccc; background: #fff">pale</p>
<button>seen</button><button style="outline: none">unseen</button>
<button onfocus="document.querySelector('[data-next]').focus()">passed over</button><button data-next>next</button>
<div style="width: 100vw; margin: -8px; overflow: auto"><p style="width: 200vw">wide</p></div>
<button onkeydown="if (event.key === 'Tab') event.preventDefault()">trap</button><button>behind it</button></main>"""


def test_the_checks_find_what_is_broken(browser: Browser) -> None:
    context = browser.new_context(viewport=walk.PHONE["viewport"])
    walk.prepare(context)
    page = context.new_page()
    page.set_content(BROKEN)
    assert [said.split()[0] for said in walk.unnamed(page)] == ["2", "title"]
    assert [said.split(":")[0] for said in walk.serious_issues(page) if "contrast" in said] == ["axe color-contrast"]
    assert len(walk.too_wide(page)) == 1
    reach = "\n".join(walk.out_of_reach(page))
    assert "behind it" in reach
    assert "focus is not seen" in reach
    assert "never left" in reach
    context.close()
