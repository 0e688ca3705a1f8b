"""F40: the code of an earlier commit goes on with the tables of this one, as in a rolling update."""

import asyncio
import subprocess
from pathlib import Path

from spoonfeeder.embedded.part import own_command
from tests.chaos.drills.scene import open_scene
from tests.chaos.findings import Findings
from tests.chaos.stage import ROOT

MIGRATIONS = "migrations/versions"


async def code_before_the_last_migration(full: bool) -> Findings:
    """Needs the repository with its history. The commit is the parent of the one that added the newest migration."""
    async with open_scene() as scene:
        commit = await _git("log", "-1", "--diff-filter=A", "--format=%h", "--", MIGRATIONS)
        old = scene.machines.folder / "old"
        old.mkdir()
        archive = await asyncio.to_thread(_read, "git", "archive", f"{commit}^", "src")
        await asyncio.to_thread(subprocess.run, ("tar", "-x", "-C", old), input=archive, check=True)
        scene.findings.figures["code of"] = f"{commit}^"
        command = own_command("worker")
        await scene.workers[0].stop()
        scene.machines.start_worker(command, PYTHONPATH=str(old / "src"))
        await scene.traffic.create(20, 10)
        return await scene.check()


async def _git(*arguments: str) -> str:
    return (await asyncio.to_thread(_read, "git", *arguments)).decode().strip()


def _read(*command: str | Path) -> bytes:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
