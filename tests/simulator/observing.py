"""Messages of a ComfyUI socket, reduced to what two runs of the same thing have in common.

A `Seen` is a list that begins with its kind; ids of prompts have become places in the order of submission. An `account`
is what one client was told: its statuses, and per prompt the events in order, where all that concerns nodes is gathered
per node, because ComfyUI chooses the order of the nodes while it runs.
"""

import json
import struct
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Any

Seen = list[Any]
Place = Callable[[str | None], int | None]

STEPPING = {"progress", "preview", "progress_state"}


def see_text(message: dict[str, Any], place: Place) -> Seen:
    kind, data = message["type"], message["data"]
    prompt = place(data.get("prompt_id"))
    match kind:
        case "status":
            return ["status", data["status"]["exec_info"]["queue_remaining"]]
        case "execution_cached":
            return [kind, prompt, sorted(data["nodes"])]
        case "executing":
            return [kind, prompt, data["node"], data.get("display_node")]
        case "progress_state":
            return [kind, prompt, {node: told["state"] for node, told in data["nodes"].items()}]
        case "progress":
            return [kind, prompt, data["node"]]
        case "executed":
            return [kind, prompt, data["node"], data["display_node"], shape(data["output"])]
        case "execution_error":
            return [kind, prompt, data["node_id"], data["node_type"], data["exception_type"]]
        case "execution_interrupted":
            return [kind, prompt, data["node_id"], data["node_type"]]
    return [kind, prompt]


def see_header(event: int, header: dict[str, Any], place: Place) -> Seen:
    if event == 3:
        return ["text", None, header["node_id"], header["text"]]
    if event == 4:
        return ["preview", place(header["prompt_id"]), header["node_id"], header["image_type"]]
    return ["preview", None, None, {1: "JPEG", 2: "PNG"}[header["format"]]]


def see_bytes(frame: bytes, place: Place) -> Seen:
    event, number = struct.unpack(">II", frame[:8])
    if event == 1:
        return see_header(1, {"format": number}, place)
    head, rest = frame[8 : 8 + number].decode(), frame[8 + number :]
    header = {"node_id": head, "text": rest.decode()} if event == 3 else json.loads(head)
    return see_header(event, header, place)


def shape(output: dict[str, Any] | None) -> dict[str, list[str]] | None:
    """What kind of things a node gave, without their names."""
    if output is None:
        return None
    return {key: [_kind(entry) for entry in entries] for key, entries in output.items()}


def _kind(entry: Any) -> str:
    if isinstance(entry, dict) and "filename" in entry:
        return f"{entry['type']} {entry['subfolder']} {PurePath(entry['filename']).suffix}"
    return type(entry).__name__


def key(seen: Seen) -> str:
    """Equal for sightings that one who waits need not tell apart; finished nodes come in any order."""
    if seen[0] == "progress_state":
        return f"progress_state {sorted(node for node, state in seen[2].items() if state == 'running')}"
    return str(seen)


def account(sightings: Iterable[Seen]) -> dict[str, Any]:
    return _Account().of(sightings)


class _Account:
    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.prompts: dict[Any, list[Any]] = {}
        self.current: tuple[Any, Any] = (None, None)
        self.states: dict[Any, dict[str, str]] = {}

    def of(self, sightings: Iterable[Seen]) -> dict[str, Any]:
        for seen in sightings:
            self._note(seen)
        return {"statuses": self.statuses, "prompts": self.prompts}

    def _note(self, seen: Seen) -> None:
        kind, prompt = seen[0], seen[1]
        if kind == "status":
            if self.statuses[-1:] != [prompt]:
                self.statuses.append(prompt)
        elif kind == "progress_state":
            self._note_states(prompt, seen[2])
        elif kind in ("progress", "text", "executed"):
            self._of_node(prompt, seen[2], [kind, *seen[3:]])
        elif kind == "preview":
            owner = self.current if seen[1] is None else (seen[1], seen[2])
            self._of_node(*owner, ["preview", seen[3]])
        elif kind == "executing" and seen[2] is not None:
            self.current = (prompt, seen[2])
            self._of_node(prompt, seen[2], ["executing", seen[3]])
        else:
            self.prompts.setdefault(prompt, []).append(seen)

    def _note_states(self, prompt: Any, told: dict[str, str]) -> None:
        known = self.states.setdefault(prompt, {})
        changed = {node: state for node, state in told.items() if known.get(node) != state}
        skipped = ["together with others"] if known and len(changed) > 1 else []
        known.update(told)
        for node, state in changed.items():
            self._of_node(prompt, node, ["progress_state", state, *skipped])
        running = [node for node, state in told.items() if state == "running"]
        if not changed and running:
            self._of_node(prompt, running[-1], ["progress_state"])

    def _of_node(self, prompt: Any, node: Any, token: list[Any]) -> None:
        events = self.prompts.setdefault(self.current[0] if prompt is None else prompt, [])
        if not events or not isinstance(events[-1], dict):
            events.append({})
        tokens = events[-1].setdefault(node, [])
        if token[0] in STEPPING and len(token) <= 2 and token[1:] not in (["running"], ["finished"]):
            if not tokens or not isinstance(tokens[-1], set):
                tokens.append(set())
            tokens[-1].add(" ".join(map(str, token)))
        else:
            tokens.append(token)
