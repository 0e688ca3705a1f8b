"""What was made on each day."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.db import Generation
from tests.features.foreign import database, insert_foreign
from tests.features.tasks.kept import keep
from tests.fixtures.application import Application

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
NIGHT = datetime(2026, 3, 10, 23, 59, 59, tzinfo=UTC)
NEXT = datetime(2026, 3, 11, tzinfo=UTC)


async def keep_generation(api: Application, made: datetime, status: str, seconds: float | None = None) -> None:
    ended = made if status != "pending" else None
    moments = {"created_at": made, "generation_time_seconds": seconds, "completed_at": ended}
    progress = 100 if status == "completed" else 0
    row = Generation(id=uuid4(), workspace_id=DEFAULT_WORKSPACE_ID, status=status, progress=progress, **moments)
    async with database(api.settings) as session:
        session.add(row)


async def test_each_day_has_its_own_and_those_without_anything_stand_there_too(api: Application) -> None:
    await keep_generation(api, NOON, "completed", 2.5)
    await keep_generation(api, NIGHT, "completed", 1.5)
    await keep_generation(api, NIGHT, "failed", 9)
    await keep_generation(api, NEXT, "pending")
    await keep(api, provider="ollama", created_at=NEXT)
    await insert_foreign(api.settings)
    bounds = f"from={quote(NOON.isoformat())}&to={quote((NEXT + timedelta(days=1, hours=1)).isoformat())}"
    report = await api.json("GET", f"/stats/days?{bounds}")
    first, second, third = report["days"]
    assert [day["day"] for day in report["days"]] == ["2026-03-10", "2026-03-11", "2026-03-12"]
    assert report["since"] == "2026-03-10T00:00:00Z"
    none = {"pending": 0, "running": 0, "failed": 0, "cancelled": 0}
    assert (first["generations"], first["generation_seconds"]) == (none | {"completed": 2, "failed": 1}, 4)
    assert second["generations"] == none | {"completed": 0, "pending": 1}
    assert (second["tasks"], second["task_seconds"]) == (none | {"complete": 1}, 4)
    assert sum([*third["generations"].values(), *third["tasks"].values()]) == 0


async def test_unless_told_it_is_the_last_thirty_days_and_never_more_than_a_year(api: Application) -> None:
    usual = (await api.json("GET", "/stats/days"))["days"]
    today = datetime.now(UTC).date()
    assert (len(usual), usual[-1]["day"]) in {(30, f"{today}"), (30, f"{today - timedelta(days=1)}")}
    year = "from=2026-01-01T09:00:00Z&to=2027-01-02T00:00:0"
    assert len((await api.json("GET", f"/stats/days?{year}0Z"))["days"]) == 366
    assert (await api.json("GET", "/stats/days?from=2026-05-01T00:00:00Z&to=2026-04-01T00:00:00Z"))["days"] == []
    for bounds in (f"{year}1Z", "from=yesterday", "from=0001-01-01T00:00:00Z", "to=2026-04-01"):
        await api.json("GET", f"/stats/days?{bounds}", 422)
    assert len((await api.json("GET", "/stats/days?to=0001-01-01T00:00:01Z"))["days"]) == 1
