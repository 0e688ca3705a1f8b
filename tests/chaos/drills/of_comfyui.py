"""F19: ComfyUI takes the prompt, and its answer is lost."""

import httpx2

from tests.chaos.drills.scene import open_scene
from tests.chaos.findings import Findings


async def answer_lost(full: bool) -> Findings:
    number = 100 if full else 30
    async with open_scene(workers=2) as scene:
        lost = {"path": "/prompt", "method": "POST", "kind": "drop_reply", "times": number}
        async with httpx2.AsyncClient(base_url=scene.machines.comfyui_url, timeout=5, trust_env=False) as http:
            (await http.post("/simulator/faults", json={"http": [lost]})).raise_for_status()
            await scene.traffic.create(number, number * 0.2)
            findings = await scene.check(within_seconds=60)
            left = (await http.get("/simulator/faults")).json()["http"][0]["times"]
        findings.figures["answers lost"] = str(number - left)
        findings.expect(left == 0, f"{left} answers were not lost")
        return findings
