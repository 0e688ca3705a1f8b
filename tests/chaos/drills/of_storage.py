"""F15, F45: the disk of the media is full; a file of theirs is gone, cut or changed."""

import asyncio
import hashlib
import subprocess
from pathlib import Path

from sqlalchemy import text

from tests.chaos import rows
from tests.chaos.drills.scene import Scene, open_scene
from tests.chaos.findings import Findings
from tests.waiting import until_async

WAITING = text("SELECT count(*) AS number FROM comfyui_generations WHERE waiting_reason IS NOT NULL")
SIZE_BYTES = 4 << 20
RESUME_SECONDS = 40.0


async def disk_full(full: bool) -> Findings:
    """Needs the right to mount: a small tmpfs is the disk. What cannot be kept waits, says why, and goes on alone."""
    number = 20 if full else 8
    async with open_scene() as scene:
        disk = scene.media
        disk.mkdir(exist_ok=True)
        await _run("mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES},mode=711", "tmpfs", str(disk))
        try:
            await scene.traffic.create(2, 1)
            await scene.settle()
            filler = disk / "filler"
            await asyncio.to_thread(_fill, filler)
            await scene.traffic.create(number, number * 0.2)
            await until_async(lambda: _waits(scene), within_seconds=30)
            half = [
                path.name for path in disk.rglob("*") if path.is_file() and path != filler and not path.stat().st_size
            ]
            scene.findings.expect(not half, f"files without content: {half[:3]}")
            filler.unlink()
            findings = await scene.check(within_seconds=RESUME_SECONDS)
        finally:
            for program in scene.machines.programs:
                program.end()
            await _run("umount", "-l", str(disk))
        return findings


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


async def _waits(scene: Scene) -> bool:
    [row] = await rows.read(scene.machines.admin(), WAITING)
    return bool(row["number"])


async def _run(*command: str) -> None:
    await asyncio.to_thread(subprocess.run, command, check=True)


async def files_damaged(full: bool) -> Findings:
    """F45: whoever asks gets the whole picture, or is told that it is missing; never a part of it."""
    async with open_scene() as scene:
        await scene.traffic.create(6, 2)
        findings = await scene.check()
        media = await rows.read(scene.machines.admin(), rows.MEDIA)
        files = [scene.media / row["storage_key"] for row in media]
        files[0].unlink()
        files[1].write_bytes(files[1].read_bytes()[:1000])
        files[2].write_bytes(b"")
        for row in media:
            name = await _served(scene, row["generation_id"], row["sha256"])
            findings.figures[name] = str(int(findings.figures.get(name, "0")) + 1)
            findings.expect(name != "wrong bytes", f"{row['generation_id']} is served with other bytes")
        return findings


async def _served(scene: Scene, generation_id: str, digest: str) -> str:
    answer = await scene.traffic.http.get(f"/api/comfyui/generations/{generation_id}/outputs/0")
    if not answer.is_success:
        return str(answer.status_code)
    return "whole" if hashlib.sha256(answer.content).hexdigest() == digest else "wrong bytes"
