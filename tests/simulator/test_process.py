"""The simulator as a process of its own: quick to start, steered over HTTP, and its run log outlives a kill."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.fixtures.ports import own_port
from tests.simulator.conftest import plain_picture, text_to_image

START = "import sys; from pathlib import Path; from spoonfeeder.simulator import main; main(**eval(sys.argv[1]))"
DEADLINE_SECONDS = 120.0


class Process:
    def __init__(self, home: Path) -> None:
        self.port = own_port()
        self.run_log = home / "runs.jsonl"
        self._arguments = (
            f"dict(port={self.port}, data_directory=Path({str(home)!r}), run_log=Path({str(self.run_log)!r}), "
            "step_seconds=0.05, load_seconds=0, control=True)"
        )
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", START, self._arguments], stderr=subprocess.PIPE)
        self.wait(lambda: self.http.get("/prompt").status_code == 200)

    def wait(self, condition: object) -> None:
        until = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < until:
            try:
                if condition():  # type: ignore[operator]
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.01)
        raise TimeoutError

    def end(self, number: int) -> bytes:
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=DEADLINE_SECONDS)
        return said

    def lines(self, event: str) -> list[str]:
        lines = map(json.loads, self.run_log.read_text().splitlines())
        return [line["prompt_id"] for line in lines if line["event"] == event]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    started = Process(tmp_path)
    yield started
    started.process.kill()
    started.process.communicate()
    started.http.close()


def test_run_log_counts_over_a_kill(process: Process) -> None:
    done = process.http.post("/prompt", json={"prompt": plain_picture()}).json()["prompt_id"]
    process.wait(lambda: done in process.lines("end"))
    long = text_to_image()
    long["3"]["inputs"]["steps"] = 1_000
    cut = process.http.post("/prompt", json={"prompt": long}).json()["prompt_id"]
    process.wait(lambda: cut in process.lines("sampling"))
    process.end(signal.SIGKILL)
    process.start()
    again = process.http.post("/prompt", json={"prompt": text_to_image(), "prompt_id": cut})
    process.wait(lambda: cut in process.lines("end"))

    assert again.status_code == 200
    assert process.lines("start") == [done, cut, cut]
    assert process.lines("sampling") == [cut, cut]
    assert process.lines("end") == [done, cut]


def test_faults_over_http(process: Process) -> None:
    fault = {"path": "/queue", "kind": "status", "status": 503}
    process.http.post("/simulator/faults", json={"http": [fault], "sockets_silent": True})

    assert process.http.get("/queue").status_code == 503
    assert process.http.get("/queue").status_code == 200
    assert process.http.get("/simulator/faults").json()["sockets_silent"] is True
    assert process.http.delete("/simulator/faults").json()["sockets_silent"] is False
    assert process.http.post("/simulator/faults", json={"nonsense": 1}).status_code == 400
    assert process.http.get("/simulator/runs").json()["requests"]["GET /queue"] == 2


def test_ends_quietly_on_a_signal(process: Process) -> None:
    assert process.end(signal.SIGTERM) == b""
    assert process.process.returncode == 0
