"""Uploads that nothing ever named: who names one says so here, and what is left unnamed for long goes."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, cast, func, select, union_all, update

from spoonfeeder.comfy.files import UPLOAD_PREFIX
from spoonfeeder.core.vocabulary import MediaKind
from spoonfeeder.db.comfyui import Session, Workflow, WorkflowVersion
from spoonfeeder.db.library import Preset
from spoonfeeder.db.media import Media
from spoonfeeder.db.task import Schedule
from spoonfeeder.work import Work

AT_ONCE = 50
ID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
NAMING: tuple[tuple[Any, str], ...] = (
    (Schedule.request, ""),
    (Preset.parameters, UPLOAD_PREFIX),
    (Session.last_parameters, UPLOAD_PREFIX),
    (Workflow.default_parameters, UPLOAD_PREFIX),
    (Workflow.workflow_json, UPLOAD_PREFIX),
    (WorkflowVersion.default_parameters, UPLOAD_PREFIX),
    (WorkflowVersion.workflow_json, UPLOAD_PREFIX),
)
"""What may name an upload that has not been used through it yet, and what stands before the id."""
UNMARKED = (Media.kind == MediaKind.UPLOAD, Media.used_at.is_(None))


async def mark_used(work: Work, ids: Collection[UUID]) -> None:
    """One that `hide_unused` hides at this very moment is brought back."""
    if ids:
        unmarked = (Media.id.in_(set(ids)), Media.kind == MediaKind.UPLOAD, Media.used_at.is_(None))
        await work.session.execute(update(Media).where(*unmarked).values(used_at=func.now(), deleted_at=None))


def unused_for(days: float) -> ColumnElement[bool]:
    long_ago = func.now() - timedelta(days=days)
    return and_(Media.created_at < long_ago, *UNMARKED, Media.deleted_at.is_(None), ~_is_named())


def _is_named() -> ColumnElement[bool]:
    """All texts are read once, whatever the number of uploads."""
    came_with = select(cast(Workflow.source_media_id, Text)).where(Workflow.source_media_id.is_not(None))
    return cast(Media.id, Text).in_(union_all(came_with, *(_ids_in(*each) for each in NAMING)))


def _ids_in(column: Any, prefix: str) -> Select[str]:
    found = func.regexp_matches(cast(column, Text), prefix + ID, "gi", type_=ARRAY(Text))
    return select(func.lower(found[1])).where(cast(column, Text).contains(prefix))


async def hide_unused(work: Work) -> bool:
    """After UNUSED_UPLOAD_DAYS; 7 days later they are purged, unless something names them until then.

    Whether there may be more.
    """
    await _show_named(work)
    days = work.runtime.settings.unused_upload_days
    if days is None:
        return False
    old = select(Media.id).where(unused_for(days)).order_by(Media.created_at).limit(AT_ONCE)
    ids = list(await work.session.scalars(old.with_for_update(skip_locked=True, of=Media)))
    await work.session.execute(update(Media).where(Media.id.in_(ids)).values(deleted_at=func.now()))
    return len(ids) == AT_ONCE


async def _show_named(work: Work) -> None:
    hidden = select(Media.id).where(*UNMARKED, Media.deleted_at.is_not(None), _is_named())
    ids = list(await work.session.scalars(hidden.with_for_update(skip_locked=True, of=Media)))
    if ids:
        await work.session.execute(update(Media).where(Media.id.in_(ids)).values(deleted_at=None))
