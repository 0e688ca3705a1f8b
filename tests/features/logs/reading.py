"""The rows of the API log, once they are written."""

from typing import Any

from tests.fixtures.server_mode import ServerMode
from tests.waiting import until_async


async def logged(server: ServerMode, *request_ids: str) -> list[dict[str, Any]]:
    """The rows of these requests, in the order of the ids."""
    rows: dict[str, dict[str, Any]] = {}

    async def all_there() -> bool:
        found = await server.rows("SELECT * FROM api_log WHERE request_id = ANY (:ids)", ids=list(request_ids))
        rows.update({row["request_id"]: row for row in found})
        return len(rows) == len(request_ids)

    await until_async(all_there)
    return [rows[request_id] for request_id in request_ids]
