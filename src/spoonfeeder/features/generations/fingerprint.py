"""What a generation is made on, kept with it: ComfyUI's version and machine, its node classes, the files it reads.

It costs a run no waiting: what is known already is written when the prompt is submitted, the rest with what is written
next.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import structlog

from spoonfeeder.comfy.backends import Backend
from spoonfeeder.comfy.errors import ComfyError
from spoonfeeder.comfy.fingerprint import class_digests
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.comfy.versions import SystemInfo
from spoonfeeder.features.generations.verifying_schemas import EnvironmentChange

log = structlog.get_logger(__name__)
Told = Mapping[str, Any]
LAST_WAIT_SECONDS = 2.0
"""For a run that is over before ComfyUI, asked meanwhile, has told its nodes."""
VERSIONS = {"comfyui_version": "ComfyUI", "pytorch_version": "PyTorch", "python_version": "Python"}
UNKNOWN: dict[str, Any] = dict.fromkeys((*VERSIONS, "devices", "node_classes"))


class Fingerprint:
    """Of one row while it runs on one ComfyUI; `known` is what the row has already."""

    def __init__(self, backend: Backend, graph: Graph, known: Told | None) -> None:
        self._backend = backend
        self._classes = {node["class_type"] for node in graph.values()}
        self._written: Told = dict(known or {})
        self.value: dict[str, Any] = dict(known or {})
        self._asking: asyncio.Task[None] | None = None

    def of_submit(self, inputs: Mapping[str, str]) -> dict[str, Any]:
        """To be written when it is submitted: what is known of this ComfyUI without asking it, and the `inputs`."""
        self.close()
        self.value = {**UNKNOWN, "inputs": dict(inputs)}
        self._read(self._backend.client.known_system, self._backend.fresh_objects)
        return self.news()

    def ask(self) -> None:
        """Begins to find out what is missing, beside the run."""
        if self._asking is None and None in (UNKNOWN | self.value).values():
            self._asking = asyncio.create_task(self._ask())

    def news(self) -> dict[str, Any]:
        """The column, if there is more to write than has been written."""
        if self.value == self._written:
            return {}
        self._written = dict(self.value)
        return {"fingerprint": self._written}

    async def last_news(self) -> dict[str, Any]:
        if self._asking is not None:
            await asyncio.wait([self._asking], timeout=LAST_WAIT_SECONDS)
        return self.news()

    def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def _ask(self) -> None:
        system: SystemInfo | None = None
        with suppress(ComfyError):
            system = await self._backend.client.system()
        self._read(system, await self._backend.live_objects())

    def _read(self, system: SystemInfo | None, objects: ObjectInfo | None) -> None:
        """Whatever ComfyUI tells, no run may fail by it."""
        try:
            found = _found(system, objects, self._classes)
        except Exception:
            log.exception("fingerprint_failed")
            return
        self.value = {"inputs": {}, **self.value, **{name: told for name, told in found.items() if told is not None}}


def _found(system: SystemInfo | None, objects: ObjectInfo | None, classes: set[str]) -> dict[str, Any]:
    return {
        "comfyui_version": system.version or None if system else None,
        "python_version": system.python_version if system else None,
        "pytorch_version": system.pytorch_version if system else None,
        "devices": [device.name for device in system.devices] if system else None,
        "node_classes": class_digests(objects, classes) if objects else None,
    }


def environment_changes(before: Told | None, after: Told | None) -> list[EnvironmentChange]:
    """What two fingerprints have not in common, told in words; of node classes and files those that both know."""
    if not before or not after:
        which = "the first" if not before else "the second"
        message = f"What {which} one was made on is not known."
        return [EnvironmentChange(what="fingerprint", before=None, after=None, message=message)]
    return list(_changes(before, after))


def _changes(before: Told, after: Told) -> Iterator[EnvironmentChange]:
    for what, name in VERSIONS.items():
        old, new = before.get(what), after.get(what)
        if old and new and old != new:
            yield EnvironmentChange(what=what, before=old, after=new, message=f"{name} {old} before, {new} now.")
    old, new = (", ".join(told.get("devices") or ()) for told in (before, after))
    if old and new and old != new:
        yield EnvironmentChange(what="devices", before=old, after=new, message=f"It ran on {old} before, on {new} now.")
    yield from _in_both(before, after, "node_classes", "The node class {} has changed.")
    yield from _in_both(before, after, "inputs", "The file of the input {} is another one.")


def _in_both(before: Told, after: Told, what: str, sentence: str) -> Iterator[EnvironmentChange]:
    old, new = before.get(what) or {}, after.get(what) or {}
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            message = sentence.format(name)
            yield EnvironmentChange(what=f"{what}.{name}", before=old[name], after=new[name], message=message)
