"""The page for whoever cannot sign in yet: what browsers are told about it."""

import hashlib
import re
from base64 import b64encode

import pytest

from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("path", ["/setup", "/invite"])
async def test_a_browser_runs_nothing_but_the_pages_own_script(server: ServerMode, path: str) -> None:
    answer = await server.http.get(path)

    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    hashes = [b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (*scripts, *styles)]
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert [policy["script-src"], policy["style-src"]] == [f"'sha256-{digest}'" for digest in hashes]
    assert policy["default-src"] == policy["form-action"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"\son[a-z]+=|\sstyle=|<script |https?://", answer.text)


async def test_without_javascript_it_says_so(server: ServerMode) -> None:
    page = (await server.http.get("/invite")).text

    assert "needs JavaScript" in re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)[0]
    assert re.search(r"<form[^>]* hidden>", page)
