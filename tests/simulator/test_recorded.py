"""The simulator tells its clients what ComfyUI told them: recorded scenarios done again, event by event."""

from itertools import compress

import httpx2
import pytest

from spoonfeeder.simulator import Options, Simulator
from spoonfeeder.simulator.node_run import NodeRun
from tests.simulator.replaying import RECORDINGS, Replay, is_acted_on_at_work, recorded_accounts, recording

OF_BOTH_VERSIONS = (
    "success_sampler_preview",
    "success_sampler_preview_metadata",
    "success_batch4",
    "success_two_samplers",
    "success_lora_chain",
    "success_sampler_custom_advanced",
    "success_model_free",
    "success_output_kinds",
    "success_image_over_websocket",
    "cached_all",
    "cached_partial",
    "free_memory",
    "partly_invalid_accepted",
    "validation_error_unknown_checkpoint",
    "cycle",
    "runtime_exception",
    "runtime_exception_corrupt_checkpoint",
    "runtime_exception_nul_and_unicode",
    "runtime_exception_oom",
    "runtime_exception_prefix_traversal",
    "nan_in_outputs",
    "progress_text",
    "subgraph_expansion",
    "interrupted",
    "interrupted_global",
    "interrupt_of_queued_is_ignored",
    "interrupt_too_late_succeeds",
    "interrupt_while_idle",
    "queue_cleared",
    "queue_delete_of_running_is_ignored",
    "queue_deleted",
    "queue_order",
    "duplicate_prompt_id",
    "two_clients",
    "two_clients_two_prompts",
    "no_client_id_broadcast",
    "no_client_id_interrupted",
    "connect_after_finish",
    "late_connect",
    "ws_reconnect",
    "ws_reconnect_old_socket_closes_later",
    "ws_same_client_id_twice",
    "restart_after_success",
    "server_killed",
)
OF_THE_OLD_VERSION = ("runtime_exception_after_output",)
"""In the newer recording the failing node happened to come before the saving one."""
OF_THE_NEW_VERSION = ("jobs_cancel_pending", "jobs_cancel_running", "preview_method_per_prompt")
SCENARIOS = [(version, name) for name in OF_BOTH_VERSIONS for version in ("0.33.0", "0.3.64")]
SCENARIOS += [("0.33.0", name) for name in OF_THE_NEW_VERSION]
SCENARIOS += [("0.3.64", name) for name in OF_THE_OLD_VERSION]
MODELS = {
    "checkpoints": ("corrupt.safetensors",),
    "loras": ("tiny_lora_a.safetensors", "tiny_lora_b.safetensors"),
}
STEP_SECONDS = 0.005
LONG_STEP_SECONDS = 0.25


@pytest.mark.parametrize(("version", "name"), SCENARIOS)
async def test_clients_see_what_was_recorded(version: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = recording(version, name)
    is_acted_on = is_acted_on_at_work(recorded)
    options = Options(version=version, step_seconds=STEP_SECONDS, models=MODELS)
    async with Simulator(options) as simulator, httpx2.AsyncClient(base_url=simulator.url, timeout=30) as http:
        replay = Replay(simulator, recorded, http)
        pause = NodeRun.pause

        def must_stay(run: NodeRun) -> bool:
            """No ProbeSleep ends before the last action, and no other node goes on during one."""
            return is_acted_on and replay.is_on and (run.class_type == "ProbeSleep" or not replay.is_waiting)

        def pause_while_something_is_to_be_done(run: NodeRun, seconds: float, *, interruptible: bool = False) -> None:
            shortest = LONG_STEP_SECONDS if is_acted_on else 0.0
            pause(run, max(seconds, shortest) if replay.is_on else 0.0, interruptible=interruptible)
            while must_stay(run):
                pause(run, STEP_SECONDS, interruptible=interruptible)

        monkeypatch.setattr(NodeRun, "pause", pause_while_something_is_to_be_done)
        await replay.run()

        assert replay.accounts() == recorded_accounts(recorded)
        assert replay.statuses == recorded["statuses"]
        assert replay.replies == [submission["reply"] for submission in recorded["submissions"]]
        if recorded["history"] is not None:
            known = [entry != "unknown" for entry in recorded["history"]]
            assert list(compress(await replay.histories(), known)) == list(compress(recorded["history"], known))


def test_no_recording_is_left_out() -> None:
    stored = {(path.parent.name, path.stem) for path in RECORDINGS.glob("0.*/*.json")}
    assert stored == set(SCENARIOS)
