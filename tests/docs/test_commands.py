"""Every command of README.md and docs/*.md, in the pages' order, before a real `up`."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spoonfeeder.simulator import Options as ComfyUIOptions
from spoonfeeder.simulator import Simulator
from spoonfeeder.simulator.ollama import SimulatedOllama
from tests.docs.pages import PAGES
from tests.docs.stage import Shell, api_with_sign_in, beside
from tests.embedded.processes import wait_for
from tests.embedded.running_up import Up
from tests.fixtures.ports import own_port

pytestmark = pytest.mark.alone

SIGN_IN = "<!-- run with AUTH=required -->"
FAST = ComfyUIOptions(step_seconds=0.005)
CHEAP_PASSWORDS = {"PASSWORD_MEMORY_KIB": "8192", "PASSWORD_TIME_COST": "1"}


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sf-docs-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_every_command_of_the_pages_works(home: Path, tmp_path: Path) -> None:
    with beside(Simulator(FAST)) as first, beside(Simulator(FAST)) as second, beside(SimulatedOllama()) as ollama:
        up = Up(home, COMFYUI_URL=first.url, OLLAMA_URL=ollama.url, SIMULATOR_PORT=str(own_port()))
        try:
            up.until_ready()
            urls = {3001: up.url, 8188: first.url, 8189: second.url, 11434: ollama.url}
            ports = {told: int(url.rpartition(":")[2]) for told, url in urls.items()}
            run_pages(Shell(tmp_path / "clone", home), up, ports)
        finally:
            up.process.terminate()
            up.process.wait(60)
            wait_for(up.all_gone, 30)


def run_pages(shell: Shell, up: Up, ports: dict[int, int]) -> None:
    for page in PAGES:
        began = time.monotonic()
        if SIGN_IN in page.read_text():
            with api_with_sign_in(up, **CHEAP_PASSWORDS) as port:
                shell.run(page, ports | {3001: port})
        else:
            shell.run(page, ports)
        print(f"{page.name}: {time.monotonic() - began:.1f} s")  # noqa: T201 - shown by -s
