"""What holds of every page, whatever it shows: for all eyes, by keyboard alone, and on a phone."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

COUNTED_CALLS = """
  window.__calls = 0;
  const ask = window.fetch;
  window.fetch = async (...given) => {
    window.__calls += 1;
    const end = () => setTimeout(() => requestIdleCallback(() => { window.__calls -= 1; }), 60);
    try {
      const answer = await ask(...given);
      answer.clone().arrayBuffer().then(end, end);
      return answer;
    } catch (failure) {
      end();
      throw failure;
    }
  };
"""
"""How many answers of the API are still awaited, have not come whole, or were not drawn yet."""

STEP = """(path) => {
  document.querySelector("h1")?.setAttribute("data-left", "");
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate", { state: null }));
}"""
"""As a link of the page does it, which takes a third of the time of a page that is loaded anew."""

IS_STILL = """() => document.querySelector("h1:not([data-left])") && window.__calls === 0
  && !document.querySelector('[aria-label="Loading"]')
  && [...document.images].every((image) => image.complete || image.loading === "lazy")"""

IDLE = "() => new Promise((resolve) => requestIdleCallback(() => resolve()))"

SERIOUS = """async () => (await axe.run({ resultTypes: ["violations"] })).violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => `axe ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).slice(0, 3).join(" | ")}`)"""

NAMED = """() => {
  const said = [];
  const headings = [...document.querySelectorAll("h1")].filter((h1) => h1.checkVisibility());
  if (document.querySelectorAll("h1").length !== 1) said.push(`${headings.length} headings of level 1`);
  if (!/\\S · Spoon Feeder$/.test(document.title)) said.push(`title ${JSON.stringify(document.title)}`);
  return said;
}"""

TOO_WIDE = """() => {
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over > 0) return [`the page is ${over} px too wide`];
  const scrolls = (box) => ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
  return [...document.querySelectorAll("main *, header")]
    .filter((box) => box.clientWidth >= innerWidth - 40 && box.scrollWidth > box.clientWidth + 1)
    .filter((box) => scrolls(box) && box.clientWidth >= innerWidth - 2)
    .map((box) => `${box.scrollWidth - box.clientWidth} px too wide: ${box.outerHTML.slice(0, 120)}`);
}"""

STOPS = """() => {
  const isStop = (element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({
    visibilityProperty: true, contentVisibilityAuto: true }) && !element.closest("[inert]")
    && element.getClientRects().length > 0;
  const isChosenOfGroup = (element) => element.type !== "radio" || element.checked
    || !document.querySelector(`input[type=radio][name="${CSS.escape(element.name)}"]:checked`);
  const all = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]";
  window.__stops = [...document.querySelectorAll("main :is(" + all + ")")].filter(isStop).filter(isChosenOfGroup);
  const isFirst = !window.__seen;
  window.__seen = [];
  window.__unseen = [];
  if (isFirst) document.addEventListener("focusin", ({ target }) => {
    const isIn = target.closest("main") !== null && target.id !== "main";
    window.__seen.push(isIn ? target : null);
    const look = getComputedStyle(target);
    const hasOutline = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0;
    if (isIn && !hasOutline && look.boxShadow === "none") window.__unseen.push(target);
  });
  document.querySelector("main").focus();
  return window.__stops.length;
}"""

MISSED = """() => {
  const named = (element) => element.outerHTML.slice(0, 140);
  const missed = window.__stops.filter((stop) => stop.isConnected && !window.__seen.includes(stop));
  return [
    ...missed.slice(0, 4).map((stop) => `Tab never came to ${named(stop)}`),
    ...window.__unseen.slice(0, 4).map((stop) => `focus is not seen on ${named(stop)}`),
    ...(window.__seen.lastIndexOf(null) > 0 ? [] : ["Tab never left the page's main part"]),
  ];
}"""
MOST_STOPS = 150
SOME_MORE = 12
"""What the window has around a page's main part, of which Tab must reach something in the end."""


def prepare(context: BrowserContext) -> None:
    """Once for all pages of a window: what the checks need, put in before the page's own script."""
    context.add_init_script(COUNTED_CALLS)
    context.add_init_script(path=AXE)


def go(page: Page, path: str) -> None:
    """Until the page is there and still. One of the kind that is open is loaded anew: its heading may stay the same."""
    if page.url == "about:blank" or _kind(page.url) == _kind(path):
        page.goto(path, wait_until="commit")
    else:
        page.evaluate(STEP, path)
    page.wait_for_function(IS_STILL)
    page.evaluate(IDLE)  # what was drawn last may ask for more
    page.wait_for_function(IS_STILL)


def _kind(address: str) -> str:
    return urlsplit(address).path.split("/")[1]


def serious_issues(page: Page) -> list[str]:
    return list(page.evaluate(SERIOUS))


def unnamed(page: Page) -> list[str]:
    return list(page.evaluate(NAMED))


def too_wide(page: Page) -> list[str]:
    return list(page.evaluate(TOO_WIDE))


def out_of_reach(page: Page) -> list[str]:
    """Walks through the main part of the page by Tab, as somebody without a mouse does."""
    count = min(int(page.evaluate(STOPS)), MOST_STOPS)
    for _ in range(count + SOME_MORE):
        page.keyboard.press("Tab")
    return [json.dumps(said) for said in page.evaluate(MISSED)]
