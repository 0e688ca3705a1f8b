"""What browsers get of the page, and what stays the API's."""

import gzip

import pytest

from spoonfeeder.core.door.secure_headers import PAGE_POLICY
from tests.core.door.raw_http import Answer, RunningServer, request
from tests.web.conftest import FILES, SCRIPT

pytestmark = pytest.mark.asyncio(loop_scope="module")

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
PAGE = FILES["index.html"]
DEEP = ("/", "/login", "/profiles", "/comfyui/7c1e", "/comfyui/7c1e/", "/apiary", "/socket.iota", "/setup", "/invite")
MADE = ["/assets/index-a1b2c3.js", "/assets/index-d4e5f6.css", "/assets/font-778899.woff2"]


async def get(server: RunningServer, path: str, accept: str | None = BROWSER, **headers: str) -> Answer:
    own = [("Accept", accept)] if accept else []
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return await server.send(request(target=path, headers=[*own, *named]))


@pytest.mark.parametrize("path", DEEP)
async def test_a_browser_gets_the_page_at_every_address_that_it_routes(web: RunningServer, path: str) -> None:
    answer = await get(web, path)

    assert (answer.status, answer.body) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert answer.headers["vary"] == "Accept, Accept-Encoding, Origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


async def test_its_policy_lets_in_nothing_from_elsewhere_and_no_inline_script() -> None:
    policy = dict(part.strip().partition(" ")[::2] for part in PAGE_POLICY.split(";"))

    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert not {word for words in policy.values() for word in words.split()} - {
        *("'none'", "'self'", "'unsafe-inline'", "data:", "blob:")
    }
    assert [name for name, words in policy.items() if "unsafe" in words] == ["style-src"]


async def test_the_page_is_asked_for_each_time_and_sent_when_it_changed(web: RunningServer) -> None:
    first = await get(web, "/profiles")
    again = await get(web, "/profiles", If_None_Match=f'"other", {first.headers["etag"]}')

    assert first.headers["cache-control"] == again.headers["cache-control"] == "no-cache"
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert not {"content-security-policy", "referrer-policy", "content-type"} & again.headers.keys(), (
        "the browser would put them in the place of the page's own"
    )
    assert (await get(web, "/profiles", If_None_Match='W/"older"')).status == 200


@pytest.mark.parametrize("path", ["/setup", "/invite", "/invite/"])
async def test_a_page_with_a_token_is_kept_nowhere_and_tells_no_referrer(web: RunningServer, path: str) -> None:
    headers = (await get(web, path)).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert (await get(web, "/")).headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", MADE)
async def test_a_file_with_a_hash_in_its_name_is_kept_for_a_year(web: RunningServer, path: str) -> None:
    answer = await get(web, path, "*/*")

    assert (answer.status, answer.body) == (200, FILES[path.removeprefix("/")])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await get(web, path, "*/*", If_None_Match=answer.headers["etag"])).status == 304


async def test_what_shrinks_travels_packed_to_whoever_takes_that(web: RunningServer) -> None:
    packed = await get(web, MADE[0], "*/*", Accept_Encoding="br;q=1.0, gzip;q=0.8, *;q=0.1")
    plain = [await get(web, MADE[0], "*/*", Accept_Encoding=coding) for coding in ("br", "gzip;q=0", "identity")]
    font = await get(web, MADE[2], "*/*", Accept_Encoding="gzip")
    page = await get(web, "/", Accept_Encoding="gzip, deflate")

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding, Origin"
    assert gzip.decompress(packed.body) == SCRIPT
    assert len(packed.body) < len(SCRIPT) / 10
    assert [answer.body for answer in plain] == [SCRIPT] * 3
    assert "content-encoding" not in font.headers
    assert gzip.decompress(page.body) == PAGE


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (MADE[0], "text/javascript; charset=utf-8"),
        (MADE[1], "text/css; charset=utf-8"),
        (MADE[2], "font/woff2"),
        ("/favicon.svg", "image/svg+xml"),
    ],
)
async def test_types_are_those_of_the_files_and_scripts_in_svg_do_not_run(
    web: RunningServer, path: str, media_type: str
) -> None:
    headers = (await get(web, path, "*/*")).headers

    assert headers["content-type"] == media_type
    assert headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_file_without_a_hash_is_asked_for_each_time(web: RunningServer) -> None:
    assert (await get(web, "/favicon.svg", "image/*")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/json",
        "application/json, text/html;q=0.5",
        "text/html;q=\xb2",
        "text/html;q=.",
        "text/html;q=-1",
    ],
)
async def test_programs_get_the_api_where_browsers_get_the_page(web: RunningServer, accept: str | None) -> None:
    assert (await get(web, "/", accept)).json == {"from": "the API"}
    missing = await get(web, "/profiles", accept)
    assert (missing.status, missing.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/assets/old-000000.js", "/assets", "/v1", "/v1/x"])
async def test_what_is_missing_in_the_api_or_among_the_assets_is_no_page(web: RunningServer, path: str) -> None:
    answer = await get(web, path)

    code = answer.json["error"]["code"].upper() if path.startswith("/v1") else answer.code
    assert (answer.status, code) == (404, "NOT_FOUND")
    assert answer.headers["cache-control"] == "no-store"
    assert (await get(web, "/api/things")).json == {"from": "the API"}


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/..%5c..%5csecret.txt",
        "//secret.txt",
        "/assets//index-a1b2c3.js",
        "/assets/index-a1b2c3.js%00.html",
        "/assets/./index-a1b2c3.js",
    ],
)
async def test_no_path_leads_out_of_the_build(web: RunningServer, path: str) -> None:
    answer = await get(web, path, "*/*")

    assert answer.status in {400, 404}
    assert b"swordfish" not in answer.body


@pytest.mark.parametrize(
    "path", ["/.built-from", "/secret.txt", "/index.html", f"{MADE[0]}.gz", "/ASSETS/index-a1b2c3.js", "/assets/"]
)
async def test_only_what_is_built_and_meant_to_be_seen_is_served(web: RunningServer, path: str) -> None:
    assert (await get(web, path, "*/*")).status == 404


async def test_other_methods_reach_the_api_alone(web: RunningServer) -> None:
    for path in ("/profiles", MADE[0]):
        answer = await web.send(request("POST", path, headers=[("Accept", BROWSER)], body=b"{}"))
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
    head = await web.send(request("HEAD", MADE[0]))
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(SCRIPT))


async def test_the_door_judges_hosts_and_origins_here_too(web: RunningServer) -> None:
    for path in ("/", MADE[0]):
        rebound = await web.send(request(target=path, host="evil.example", headers=[("Accept", BROWSER)]))
        assert (rebound.status, rebound.code) == (421, "HOST_NOT_ALLOWED")
        stranger = await get(web, path, Origin="http://evil.example")
        assert "access-control-allow-origin" not in stranger.headers
        assert stranger.headers["cross-origin-resource-policy"] == "same-site"


async def test_without_a_build_the_browser_reads_how_to_get_one_and_the_api_works(without_build: RunningServer) -> None:
    for path in ("/", "/profiles", "/setup"):
        answer = await get(without_build, path)
        assert answer.status == 503
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert b"./spoonfeeder up" in answer.body
    assert (await get(without_build, "/api/things")).json == {"from": "the API"}
    assert (await get(without_build, "/", "*/*")).json == {"from": "the API"}
    assert (await get(without_build, "/api/nothing")).status == 404
    assert (await get(without_build, "/assets/a.js")).status == 404
