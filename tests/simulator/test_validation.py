"""POST /prompt is answered as the recorded servers answered it: the same statuses, types, sentences and details."""

import json
import re
from typing import Any

import httpx2
import pytest

from spoonfeeder.simulator import Options, Simulator
from tests.simulator.replaying import RECORDINGS


def cases(version: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((RECORDINGS / "cases" / f"prompt_{version}.json").read_text())
    return loaded


@pytest.mark.parametrize("version", ["0.33.0", "0.3.64"])
async def test_prompts_are_answered_as_recorded(version: str, subtests: pytest.Subtests) -> None:
    async with (
        Simulator(Options(version=version)) as simulator,
        httpx2.AsyncClient(base_url=simulator.url, timeout=30) as http,
    ):
        for case in cases(version):
            with subtests.test(case["what"]):
                response = await http.post("/prompt", content=case["body"], headers=case.get("headers"))

                assert response.status_code == case["status"], response.text
                if isinstance(case["reply"], dict):
                    assert comparable(response.json()) == comparable(case["reply"])
                else:
                    assert response.text == case["reply"]


def comparable(reply: dict[str, Any]) -> dict[str, Any]:
    """Without what differs from server to server: ids, numbers, lists of models, places in the source code."""
    return {
        "number": type(reply.get("number")),
        "error": reply.get("error"),
        "node_errors": {
            node_id: {**told, "errors": sorted(map(comparable_finding, told["errors"]), key=str)}
            for node_id, told in reply["node_errors"].items()
        },
    }


def comparable_finding(found: dict[str, Any]) -> dict[str, Any]:
    info = {name: value for name, value in found["extra_info"].items() if name not in ("traceback", "input_config")}
    config = found["extra_info"].get("input_config")
    kind = config if config is None or isinstance(config[0], str) else "choice"
    details = re.sub(r" not in \[.*\]$", " not in […]", found["details"])
    return {**found, "details": details, "extra_info": {**info, "input_config": kind}}
