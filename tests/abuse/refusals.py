"""What every refusal must be, in either of its forms (core/error_forms.py)."""

from typing import Any

import httpx2

CANARY = "canary0123456789"


def code_of(answer: httpx2.Response) -> str:
    """In capitals, whichever form the address has."""
    body = answer.json()
    code = body["error"]["code"] if answer.request.url.path.startswith("/v1/") else body["code"]
    return str(code).upper()


def assert_refused(answer: httpx2.Response, *about: Any) -> None:
    assert 400 <= answer.status_code < 500, (*about, answer.status_code, answer.text[:300])
    body = answer.json()
    if answer.request.url.path.startswith("/v1/"):
        body = body["error"]
        assert body.keys() == {"message", "type", "param", "code"}, (*about, body)
        assert body["code"].islower(), about
        assert len(body["message"].split()) > 2, (*about, body)
    else:
        assert (body["success"], body["statusCode"]) == (False, answer.status_code), about
        assert body["code"].isupper(), about
        assert len(body["error"].split()) > 2, (*about, body)
    assert CANARY not in answer.text, (*about, answer.text[:300])
