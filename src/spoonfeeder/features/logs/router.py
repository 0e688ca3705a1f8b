"""`/api/audit`, `/api/api-log` and the audit log of a workspace."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BeforeValidator
from sqlalchemy import ColumnElement

from spoonfeeder.core.pagination import Place, place_reader
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Pagination
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.db.logs import ApiCall, AuditEntry
from spoonfeeder.features.audit.record import Action
from spoonfeeder.features.auth.depends import PeopleWork, ServerWork
from spoonfeeder.features.logs import queries
from spoonfeeder.features.logs.queries import Found
from spoonfeeder.features.logs.schemas import ApiCallOut, ApiCallPage, AuditOut, AuditPage

router = Router(prefix="/api", tags=["logs"])


def _moment(text: Any) -> Any:
    """ISO 8601 with a time zone; a `+` that the address turned into a space is one."""
    try:
        moment = datetime.fromisoformat(str(text).strip().replace(" ", "+"))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("must be a moment with its time zone, such as 2026-11-21T09:30:00Z")


Moment = Annotated[datetime, BeforeValidator(_moment)]
From = Annotated[Moment | None, Query(alias="from", description="ISO 8601 with a time zone; from then on")]
Until = Annotated[Moment | None, Query(alias="to", description="ISO 8601 with a time zone; before then")]
SubjectId = Annotated[str | None, Query(pattern=r"^[!-~]{1,255}$")]
Method = Annotated[str | None, Query(pattern=r"^[A-Z]{1,20}$")]
Route = Annotated[str | None, Query(pattern=r"^[!-~]{1,255}$", description="a pattern, as in the answers")]
Status = Annotated[int | None, Query(ge=100, le=599)]


PlaceDep = Annotated[Place, Depends(place_reader(50))]


@router.get("/audit")
async def list_audit(
    work: ServerWork,
    place: PlaceDep,
    since: From = None,
    until: Until = None,
    user_id: UUID | None = None,
    workspace_id: UUID | None = None,
    action: Action | None = None,
    subject_id: SubjectId = None,
) -> AuditPage:
    """Everything that was recorded on this server, newest first."""
    wanted = {"user_id": user_id, "workspace_id": workspace_id, "action": action, "subject_id": subject_id}
    found = await queries.audit_entries(work, _conditions(AuditEntry, since, until, wanted), place)
    return _audit_page(found, place)


@router.get("/workspaces/{workspace_id}/audit")
async def list_workspace_audit(
    work: PeopleWork,
    place: PlaceDep,
    workspace_id: UUID,
    since: From = None,
    until: Until = None,
    user_id: UUID | None = None,
    action: Action | None = None,
    subject_id: SubjectId = None,
) -> AuditPage:
    """What was recorded in this workspace, newest first."""
    wanted = {"workspace_id": work.workspace_id, "user_id": user_id, "action": action, "subject_id": subject_id}
    found = await queries.audit_entries(work, _conditions(AuditEntry, since, until, wanted), place)
    return _audit_page(found, place)


@router.get("/api-log")
async def list_api_calls(
    work: ServerWork,
    place: PlaceDep,
    since: From = None,
    until: Until = None,
    user_id: UUID | None = None,
    method: Method = None,
    status: Status = None,
    route: Route = None,
    provider: Provider | None = None,
) -> ApiCallPage:
    """The requests of the last API_LOG_DAYS days, newest first; the last second may still be missing."""
    wanted = {"user_id": user_id, "method": method, "status": status, "route": route, "provider": provider}
    found = await queries.api_calls(work, _conditions(ApiCall, since, until, wanted), place)
    rows = [ApiCallOut.model_validate(row) for row in found.rows]
    return ApiCallPage(data=rows, pagination=_pagination(found, place), next_cursor=found.next_cursor)


def _conditions(
    table: type[Any], since: datetime | None, until: datetime | None, wanted: dict[str, Any]
) -> Sequence[ColumnElement[bool]]:
    times = [*([table.at >= since] if since else ()), *([table.at < until] if until else ())]
    return [*times, *(getattr(table, name) == value for name, value in wanted.items() if value is not None)]


def _audit_page(found: Found, place: Place) -> AuditPage:
    rows = [AuditOut.model_validate(row) for row in found.rows]
    return AuditPage(data=rows, pagination=_pagination(found, place), next_cursor=found.next_cursor)


def _pagination(found: Found, place: Place) -> Pagination:
    return Pagination.of(page=place.page, limit=place.limit, total=found.total)
