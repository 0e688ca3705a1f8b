from uuid import UUID, uuid4

import pytest

from spoonfeeder.realtime.events import (
    EVENTS,
    Event,
    GenerationFailed,
    Notification,
    ResourceChanged,
    TaskProgress,
    seq_of,
)
from tests.realtime.make_events import WORKSPACE, completed, progress

GENERATION = UUID("3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e11")
SESSION = UUID("77f0a7a0-41ad-4f6e-8a57-0d4a2f6a9b01")


def test_a_progress_event_says_everything_under_both_documented_names() -> None:
    assert progress(GENERATION, n=4, percent=45, session_id=SESSION).payload() == {
        "id": str(GENERATION),
        "generationId": str(GENERATION),
        "session_id": str(SESSION),
        "status": "running",
        "progress": 45,
        "current_node": "3",
        "node": "3",
        "promptId": None,
        "seq": 2_000_004,
    }


def test_only_state_events_go_to_the_whole_workspace() -> None:
    subject = [f"generation:{GENERATION}", f"session:{SESSION}"]
    assert progress(GENERATION, session_id=SESSION).rooms() == subject
    assert completed(GENERATION, session_id=SESSION).rooms() == [*subject, f"workspace:{WORKSPACE}"]
    assert completed(GENERATION).rooms() == [f"generation:{GENERATION}", f"workspace:{WORKSPACE}"]
    assert TaskProgress(workspace_id=WORKSPACE, id=GENERATION, version=1).rooms() == [f"task:{GENERATION}"]
    assert Notification(workspace_id=WORKSPACE, message="Hello").rooms() == [f"workspace:{WORKSPACE}"]
    changed = ResourceChanged(workspace_id=WORKSPACE, kind="session", id=SESSION, change="updated")
    assert changed.rooms() == [f"workspace:{WORKSPACE}"]


def test_a_state_change_always_comes_after_the_progress_of_the_state_before() -> None:
    assert seq_of(2) < seq_of(2, 1) < seq_of(2, 5_000_000) < seq_of(3)


def test_a_failure_carries_sentence_and_code_and_keeps_the_last_progress() -> None:
    event = GenerationFailed(
        workspace_id=WORKSPACE, id=uuid4(), session_id=None, version=3, progress=40, error="It broke.", code="BROKEN"
    )
    payload = event.payload()
    assert (payload["status"], payload["progress"], payload["error"], payload["code"]) == (
        "failed",
        40,
        "It broke.",
        "BROKEN",
    )


def test_outputs_keep_fields_beyond_the_documented_ones() -> None:
    output = {
        "filename": "a.png",
        "subfolder": "",
        "type": "output",
        "media_type": "image",
        "url": "/api/x",
        "node": "9",
    }
    event = completed().model_validate({**completed().__dict__, "outputs": [output]})
    assert event.payload()["outputs"] == [output]


OF_NO_ROW = {"notification", "resource:changed", "batch:progress", "backend:changed", "export:progress", "resync"}
"""They have no life cycle of their own, and no `seq`."""


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_documents_its_payload_without_its_address(name: str) -> None:
    event: type[Event] = EVENTS[name]
    properties = event.model_json_schema(mode="serialization").get("properties", {})
    assert "workspace_id" not in properties
    assert name in OF_NO_ROW or {"id", "status", "progress", "seq"} <= set(properties)
