"""How recorded runs ended, in words."""

from typing import Any

import pytest

from spoonfeeder.comfy.events import Failed, Interrupted, Succeeded
from spoonfeeder.comfy.history import read_end, run_times_ms
from tests.comfy.recorded import VERSIONS, graph_of, prompt_id_of, trace


def _end(version: str, name: str) -> Succeeded | Failed | Interrupted:
    prompt_id = prompt_id_of(version, name)
    entry = trace(version, name)["history"][prompt_id]
    return read_end(prompt_id, entry, graph_of(version, name), missed_events=False)


SMALLER = "Use a smaller size, batch or model, or free memory there, and run it again."
UNREADABLE = (
    "ComfyUI could not read the file 'corrupt.safetensors' at 'Load Checkpoint' (CheckpointLoaderSimple, node 4); "
    "it is damaged or not complete. Download it again. (Error while deserializing header: header too large)"
)
FAILURES = {
    "runtime_exception": ("COMFYUI_NODE_FAILED", "ComfyUI failed at ProbeRaise (node 2): raised on purpose"),
    "runtime_exception_oom": (
        "COMFYUI_OUT_OF_MEMORY",
        f"ComfyUI ran out of memory at ProbeRaise (node 2). {SMALLER}",
    ),
    "runtime_exception_cpu_out_of_memory": (
        "COMFYUI_OUT_OF_MEMORY",
        f"ComfyUI ran out of memory at 'Empty Latent Image' (EmptyLatentImage, node 5). {SMALLER}",
    ),
    "runtime_exception_corrupt_checkpoint": (
        "COMFYUI_NODE_FAILED",
        UNREADABLE,
    ),
    "runtime_exception_prefix_traversal": (
        "COMFYUI_NODE_FAILED",
        "ComfyUI failed at SaveImage (node 2): ERROR: Saving image outside the output folder is not allowed.",
    ),
    "runtime_exception_nul_and_unicode": (
        "COMFYUI_NODE_FAILED",
        "ComfyUI failed at ProbeRaise (node 2): übel   😀 nul byte",
    ),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_as_a_person_reads_it(version: str, name: str) -> None:
    end = _end(version, name)
    assert isinstance(end, Failed)
    assert (end.failure.code, end.failure.sentence) == FAILURES[name]
    [detail] = end.failure.details
    assert detail["node_id"] in {"2", "4", "5"}
    assert detail["exception_type"]
    shown = f"{end.failure.sentence} {detail}"
    assert "/srv" not in shown
    assert "File " not in shown
    assert "\x00" not in shown


@pytest.mark.parametrize("version", VERSIONS)
def test_an_interrupt_is_no_failure(version: str) -> None:
    end = _end(version, "interrupted")
    assert isinstance(end, Interrupted)
    assert end.failure.code == "COMFYUI_INTERRUPTED"
    assert end.failure.sentence == "The run was interrupted in ComfyUI while KSampler (node 3) was at work."


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["success_model_free", "cached_all", "interrupt_too_late_succeeds", "nan_in_outputs"])
def test_successes(version: str, name: str) -> None:
    assert isinstance(_end(version, name), Succeeded)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_failed_run_keeps_what_was_saved_before(version: str) -> None:
    end = _end(version, "runtime_exception_after_output")
    assert isinstance(end, Failed)
    assert end.entry is not None
    assert end.entry["outputs"]


@pytest.mark.parametrize("version", VERSIONS)
def test_times_are_the_servers_clock(version: str) -> None:
    prompt_id = prompt_id_of(version, "success_batch4")
    start, end = run_times_ms(trace(version, "success_batch4")["history"][prompt_id])
    assert start is not None
    assert end is not None
    assert 0 < end - start < 60_000


def test_the_node_inside_an_expanded_one_is_named_by_the_users_node() -> None:
    data = {"node_id": "5.0.0.2", "node_type": "VAEDecode", "exception_message": "boom", "exception_type": "ValueError"}
    graph = {"5": {"class_type": "Tiled", "_meta": {"title": "My tiles"}, "inputs": {}}}
    entry = {"status": {"messages": [["execution_error", data]]}}
    end = read_end("p", entry, graph, missed_events=False)
    assert isinstance(end, Failed)
    assert end.failure.sentence == "ComfyUI failed at 'My tiles' (Tiled, node 5.0.0.2): boom"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("No such file: '/srv/models/loras/x.safetensors'", "No such file: 'x.safetensors'"),
        (r"cannot open C:\ComfyUI\models\vae\y.pt now", "cannot open y.pt now"),
        ("see https://example.com/a/b and ratio 3/4", "see https://example.com/a/b and ratio 3/4"),
        ("\n\n  second line counts \n third", "second line counts"),
        ("x" * 1000, "x" * 299 + "…"),
    ],
)
def test_error_texts_are_shortened_and_lose_paths(told: str, shown: str) -> None:
    data = {"node_id": "1", "exception_message": told, "exception_type": "E"}
    end = read_end("p", {"status": {"messages": [["execution_error", data]]}}, {}, missed_events=False)
    assert isinstance(end, Failed)
    assert end.failure.sentence == f"ComfyUI failed at node 1: {shown}"


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"status": None, "outputs": {}},
        {"status": {"messages": [None, 5, ["execution_error"], ["execution_error", None]], "status_str": "error"}},
        {"status": {"status_str": ["success"], "completed": "yes"}},
    ],
)
def test_an_entry_that_says_nothing_is_a_failure(entry: Any) -> None:
    end = read_end("p", entry, {}, missed_events=False)
    assert isinstance(end, Failed)
    assert end.failure.sentence == "The run ended in ComfyUI without a result or a reason."
