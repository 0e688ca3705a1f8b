"""A shell in which the pages' commands run, before one real `up` with fast simulators."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.redis import EmbeddedRedis
from tests.docs.pages import ROOT, blocks
from tests.embedded.processes import wait_for
from tests.embedded.running_up import Up
from tests.fixtures.ports import own_port

PAGE_SECONDS = 170.0
READY_SECONDS = 90.0
MARK = "@@ "
CURL = "fail-with-body\nshow-error\nmax-time = 30\nnoproxy = *\n"
"""What stands in ~/.curlrc: an answer that is no success ends the page."""
T = TypeVar("T")


class Shell:
    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "docs").symlink_to(ROOT / "docs")
        (folder / ".curlrc").write_text(CURL)
        program = folder / "spoonfeeder"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m spoonfeeder "$@"\n')
        program.chmod(0o755)
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "SPOONFEEDER_HOME": str(home),
        }

    def run(self, page: Path, ports: Mapping[int, int]) -> None:
        """All commands of a page in one shell, whose folder looks like a clone; fails with the block that failed.

        `ports` maps the ports that pages name to those that really listen.
        """
        script = "set -eu -o pipefail\n"
        for block in blocks(page):
            if block.language == "sh" and block.not_run is None:
                script += f"echo '{MARK}{block}'\n{block.text}"
        for told, real in ports.items():
            script = script.replace(f"127.0.0.1:{told}", f"127.0.0.1:{real}")
        run = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PAGE_SECONDS,
            check=False,
        )
        said = run.stdout.decode(errors="replace")
        assert run.returncode == 0, f"exit {run.returncode}: {MARK}{said.rpartition(MARK)[2][-3000:]}"
        assert "event: error" not in said, page.name
        assert '"success":false' not in said, page.name


@contextmanager
def beside(server: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Runs in a thread of its own meanwhile."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def api_with_sign_in(up: Up, **settings: str) -> Iterator[int]:
    """One more API process on the servers of `up`, where people must sign in; its port."""
    port = own_port()
    servers = {
        "DATABASE_URL": EmbeddedPostgres(up.home).url(),
        "REDIS_URL": EmbeddedRedis(up.home / "redis").url,
        "SPOONFEEDER_HOME": str(up.home),
    }
    environment = {"PATH": os.environ["PATH"], "AUTH": "required", "PORT": str(port)} | servers | settings
    log = up.home / "signed-in.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "spoonfeeder", "api"],
            env=environment,
            cwd="/",
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: process.poll() is not None or "/setup#token=" in log.read_text(), READY_SECONDS)
        assert process.poll() is None, log.read_text()
        yield port
    finally:
        process.terminate()
        process.wait(60)
