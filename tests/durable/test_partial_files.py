"""ComfyUI is killed twice: what the first, cut-off run had saved is not taken for a picture of the second."""

from pathlib import Path

from PIL import Image

from tests.fixtures.application import Application, serve_work
from tests.fixtures.pace import Pace
from tests.fixtures.workflows import workflow
from tests.waiting import until

SMALL = {"width": 64, "height": 64, "batch_size": 2}


async def test_files_of_two_runs_are_not_mixed(api: Application, pace: Pace) -> None:
    graph = workflow("txt2img_sd15")
    [save_node] = [node_id for node_id, node in graph.items() if node["class_type"] == "SaveImage"]
    session_id = await api.session(graph)
    made = await api.generate(session_id, parameters=SMALL | {"steps": 40})
    runs = api.simulator.log.of
    pace.let(5)
    async with serve_work(api.settings):
        await until(lambda: runs(made["id"]) and runs(made["id"])[0].samplings)
        await api.simulator.kill()
    left = _leave_first_picture(api.simulator.directory, made["id"], save_node)
    await api.simulator.start()
    async with serve_work(api.settings):
        await until(lambda: len(runs(made["id"])) == 2)
        api.simulator.faults.add("/history", "status", times=1_000, status=500)
        pace.let()
        await until(lambda: runs(made["id"])[-1].outcome == "success")
        await api.simulator.kill()
    api.simulator.faults.clear()
    await api.simulator.start()
    async with serve_work(api.settings):
        row = await api.ended(made["id"])
    assert (row["status"], len(runs(made["id"]))) == ("completed", 2)
    pictures = [(await api.http.get(output["url"])).content for output in row["outputs"]]
    assert len(set(pictures)) == 2
    assert left not in pictures


def _leave_first_picture(directory: Path, generation_id: str, node_id: str) -> bytes:
    """As if the first run had saved one of its two pictures before it was killed."""
    folder = directory / "output" / "sf" / generation_id
    folder.mkdir(parents=True)
    path = folder / f"{generation_id[:8]}_{node_id}_00001_.png"
    Image.new("RGB", (64, 64), "red").save(path)
    return path.read_bytes()
