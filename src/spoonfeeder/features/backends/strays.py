"""Prompts of ours that a machine still has although nobody waits for them there: nothing is drawn twice."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.locate import QueueView
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.work import Work

SETTLED = timedelta(seconds=5)
"""ComfyUI tells of an end before its queue shows it."""
CANCEL_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Strays:
    """`prompt_ids` are to be cancelled; `are_all`: none of the rest may become one by moving on."""

    prompt_ids: tuple[str, ...]
    are_all: bool


async def find(work: Work, machine: ComfyBackend, view: QueueView) -> Strays:
    """What ended, and what another machine of the profile was given while this one was away.

    Known by the generation's id, which an old ComfyUI that chooses its own ids does not have.
    """
    ids = [found for prompt_id in (*view.running, *view.pending) if (found := _uuid(prompt_id)) is not None]
    if not ids:
        return Strays((), are_all=True)
    is_stray = or_(
        and_(Generation.completed_at.is_not(None), Generation.updated_at < func.now() - SETTLED),
        _has_moved(machine),
    )
    columns = (Generation.id, Generation.status, Generation.backend_id, Generation.submit_count)
    ours = select(*columns, is_stray.label("is_stray")).where(
        Generation.id.in_(ids), Generation.workspace_id == machine.workspace_id
    )
    rows = (await work.session.execute(ours)).all()
    strays = [str(row.id) for row in rows if row.is_stray and not _is_this_one(row, view)]
    are_all = not any(_may_move_on(row, machine) for row in rows if str(row.id) not in strays)
    return Strays(tuple(strays), are_all)


def _is_this_one(row: Any, view: QueueView) -> bool:
    """Whether what runs is this very prompt: the other machine is the same ComfyUI by another address."""
    is_running: bool = row.status == GenerationStatus.RUNNING
    return is_running and view.submits.get(str(row.id)) == row.submit_count


def _may_move_on(row: Any, machine: ComfyBackend) -> bool:
    """It waits, or another machine has it and may not have submitted it yet."""
    is_elsewhere: bool = row.status == GenerationStatus.RUNNING and row.backend_id != machine.id
    return is_elsewhere or bool(row.status == GenerationStatus.PENDING)


def _has_moved(machine: ComfyBackend) -> ColumnElement[bool]:
    if machine.down_since is None:
        return false()
    mine = (ComfyBackend.profile_id == machine.profile_id, ComfyBackend.id != machine.id)
    return and_(
        Generation.status == GenerationStatus.RUNNING,
        Generation.backend_id.in_(select(ComfyBackend.id).where(*mine)),
        Generation.submitted_at >= machine.down_since,
    )


async def cancel(client: ComfyClient, strays: Strays) -> None:
    """Raises ComfyError."""
    stopping = (client.cancel(prompt_id, deadline_seconds=CANCEL_SECONDS) for prompt_id in strays.prompt_ids)
    for outcome in await asyncio.gather(*stopping, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
