"""A process of the run: started again when it ends, as the supervisor of `up` would."""

import asyncio
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spoonfeeder.embedded.process import spawn

RESTART_SECONDS = 0.2
STOP_SECONDS = 25.0


@dataclass
class Program:
    """Dies with the harness (`spawn`). `deaths` counts every end, `kills` those that we caused."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    deaths: int = field(default=0, init=False)
    kills: int = field(default=0, init=False)
    restart: bool = field(default=True, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, f"{self.name} was never started"
        return self._process

    def launch(self) -> None:
        with self.log.open("ab") as log:
            self._process = spawn(self.command, environment=self.environment, output=log, folder=self.log.parent)

    async def kill(self, down_seconds: float = RESTART_SECONDS) -> None:
        """SIGKILL, and a new start after `down_seconds`."""
        self.restart = False
        self.kills += 1
        self.deaths += 1
        self.process.kill()
        await asyncio.to_thread(self.process.wait)
        await asyncio.sleep(down_seconds)
        self.launch()
        self.restart = True

    async def pause(self, seconds: float) -> None:
        process = self.process
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    async def stop(self) -> float:
        """SIGTERM; how many seconds the orderly end took. Raises subprocess.TimeoutExpired after 25 s."""
        self.restart = False
        began = asyncio.get_running_loop().time()
        self.process.terminate()
        await asyncio.to_thread(self.process.wait, STOP_SECONDS)
        return asyncio.get_running_loop().time() - began

    def end(self) -> None:
        """SIGKILL, if it runs."""
        self.restart = False
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def keep_alive(self) -> None:
        """Until cancelled; an end that nobody here caused is counted and repaired."""
        while True:
            await asyncio.sleep(RESTART_SECONDS)
            if self.restart and self.process.poll() is not None:
                self.deaths += 1
                self.launch()
