"""Socket messages: the recorded ones are understood, hostile ones are dropped."""

import json

import pytest

from spoonfeeder.comfy.events import (
    Cached,
    Closing,
    Left,
    NodeOutput,
    NodeStarted,
    NodeStates,
    NodeText,
    Preview,
    QueueChanged,
    SocketEvent,
    Started,
    StepProgress,
)
from spoonfeeder.comfy.frames import parse_frame, parse_text
from tests.comfy.recorded import DATA, NODE_TEXT, every_trace, frame_bytes, trace

KINDS: dict[str, type[SocketEvent] | tuple[type[SocketEvent], ...]] = {
    "status": QueueChanged,
    "execution_start": Started,
    "execution_cached": Cached,
    "executing": (NodeStarted, Left),
    "progress": StepProgress,
    "progress_state": NodeStates,
    "executed": NodeOutput,
    "execution_success": Closing,
    "execution_error": Closing,
    "execution_interrupted": Closing,
}


@pytest.mark.parametrize(("version", "name"), every_trace())
def test_every_recorded_message_becomes_its_event(version: str, name: str) -> None:
    for message in trace(version, name)["messages"]:
        if "text" in message:
            told = message["text"]
            event = parse_text(json.dumps(told))
            anonymous = told["type"] == "executing" and "prompt_id" not in told["data"]
            empty = told["type"] == "executed" and told["data"]["output"] is None
            if told["type"] == "feature_flags" or anonymous or empty:
                assert event is None
            else:
                assert isinstance(event, KINDS[told["type"]])
                assert getattr(event, "prompt_id", None) == told["data"].get("prompt_id")
        elif "frame" in message:
            assert isinstance(parse_frame(frame_bytes(message["frame"])), Preview | NodeText)


def test_whole_recorded_frames() -> None:
    plain = parse_frame((DATA / "event1_preview_jpeg.bin").read_bytes())
    assert isinstance(plain, Preview)
    assert (plain.prompt_id, plain.node, plain.media_type) == (None, None, "image/jpeg")
    assert plain.image[:2] == b"\xff\xd8"
    assert plain.image[-2:] == b"\xff\xd9"
    final = parse_frame((DATA / "event1_final_png.bin").read_bytes())
    assert isinstance(final, Preview)
    assert (final.media_type, final.image[:4]) == ("image/png", b"\x89PNG")
    named = parse_frame((DATA / "event4_preview_metadata.bin").read_bytes())
    assert isinstance(named, Preview)
    assert named.node == "3"
    assert named.prompt_id is not None
    assert named.image[:2] == b"\xff\xd8"
    assert parse_frame((DATA / "event3_text.bin").read_bytes()) == NodeText(None, "7", NODE_TEXT)


def test_the_fields_of_progress_and_states() -> None:
    step = parse_text('{"type":"progress","data":{"value":3,"max":20,"prompt_id":"p","node":"3"}}')
    assert step == StepProgress("p", "3", 3.0, 20.0)
    states = parse_text(
        '{"type":"progress_state","data":{"prompt_id":"p","nodes":{"5.0.0.1":{"value":1,"max":1,"state":"finished"},'
        '"6":{"value":0.0,"max":1.0,"state":"running"},"7":{"value":NaN,"max":1},"8":7}}}'
    )
    assert isinstance(states, NodeStates)
    assert [(state.node, state.finished) for state in states.states] == [("5.0.0.1", True), ("6", False)]
    assert parse_text('{"type":"executing","data":{"node":null,"prompt_id":"p"}}') == Left("p")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "[]",
        "null",
        '{"type":"progress"}',
        '{"type":{},"data":{}}',
        '{"type":"crystools.monitor","data":{"cpu":1}}',
        '{"type":"progress","data":{"value":"x","max":20,"prompt_id":"p","node":"3"}}',
        '{"type":"progress","data":{"value":1,"max":true,"prompt_id":"p","node":"3"}}',
        '{"type":"progress","data":{"value":1,"max":2,"prompt_id":{"a":1},"node":"3"}}',
        '{"type":"executing","data":{"node":["x"],"prompt_id":"p"}}',
        '{"type":"executed","data":{"node":"1","prompt_id":"p","output":null}}',
        '{"type":"status","data":{"status":null}}',
        '{"type":"execution_cached","data":{"prompt_id":"p","nodes":"all"}}',
        "[" * 100_000,
        '{"type":"executed","data":{"node":"1","prompt_id":"p","output":{"text":["' + "x" * (8 * 2**20) + '"]}}}',
    ],
    ids=lambda message: message[:40],
)
def test_what_is_malformed_unknown_or_huge_is_dropped(message: str) -> None:
    assert parse_text(message) is None


def test_nul_and_nan_do_not_reach_the_events() -> None:
    event = parse_text('{"type":"executed","data":{"node":"1","prompt_id":"p","output":{"a":[NaN],"t":["x\\u0000y"]}}}')
    assert isinstance(event, NodeOutput)
    assert event.output == {"a": [None], "t": ["xy"]}


@pytest.mark.parametrize("cut", [0, 3, 7, 8, 12, 40])
def test_cut_frames_never_raise(cut: int) -> None:
    for name in ("event1_preview_jpeg", "event3_text", "event4_preview_metadata"):
        parse_frame((DATA / f"{name}.bin").read_bytes()[:cut])


def test_frames_with_lying_heads_are_dropped() -> None:
    huge = (2**31).to_bytes(4, "big")
    assert parse_frame((4).to_bytes(4, "big") + huge + b"{}") is None
    assert parse_frame((3).to_bytes(4, "big") + huge + b"7text") is None
    assert parse_frame((1).to_bytes(4, "big") + (9).to_bytes(4, "big") + b"bmp") is None
    assert parse_frame((77).to_bytes(4, "big") + (1).to_bytes(4, "big") + b"new") is None
    for metadata in (b"[]", b'{"prompt_id":1}', b'{"prompt_id":"p","image_type":"text/html"}', b"\xff\xfe"):
        assert parse_frame((4).to_bytes(4, "big") + len(metadata).to_bytes(4, "big") + metadata + b"x") is None
