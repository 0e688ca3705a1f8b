"""Whoever locks several rows does so in one order (db.locks): held up in the middle, no two wait for each other."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, text

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, User
from spoonfeeder.core.errors import NotFound
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation, Session, Workflow
from spoonfeeder.db.library import Preset, Project, Prompt
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.lease import Lease
from spoonfeeder.features.generations import ending, moving, outcomes, service
from spoonfeeder.features.generations.schemas import GenerateInput, RerunInput
from spoonfeeder.features.profiles import service as profiles
from spoonfeeder.features.profiles.schemas import ProfilePatch
from spoonfeeder.features.projects.chores import purge_projects
from spoonfeeder.features.workflows import service as workflows
from spoonfeeder.features.workflows.schemas import WorkflowPatch
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_system_work, open_work
from tests.durable.rows import BACKEND, add, claimed_row, lease_of_new_row, read
from tests.waiting import until_async

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
CROWD = text("INSERT INTO comfyui_generations (workspace_id) SELECT :workspace FROM generate_series(1, 5000)")
Act = Callable[..., Awaitable[Any]]
Deletion = tuple[Act, UUID]


async def _insert(runtime: Runtime, table: type[Any], **values: Any) -> UUID:
    async with open_system_work(runtime, "test") as work:
        row = {"workspace_id": DEFAULT_WORKSPACE_ID, **values}
        return (await work.session.execute(insert(table).values(**row).returning(table.id))).scalar_one()  # type: ignore[no-any-return]


@pytest.fixture
async def profile_id(runtime: Runtime) -> UUID:
    return await _insert(runtime, Profile, name="Test", type="image", provider="comfyui", url=BACKEND)


@pytest.fixture
async def session_id(runtime: Runtime, profile_id: UUID) -> UUID:
    return await _insert(runtime, Session, title="Test", profile_id=profile_id)


async def _do(runtime: Runtime, act: Act, *given: Any) -> None:
    async with open_work(runtime, User(DEFAULT_WORKSPACE_ID)) as work:
        await act(work, *given)


async def _while_held(runtime: Runtime, table: type[Any], row_id: UUID, *calls: Awaitable[None]) -> None:
    """Starts each call once those before it wait or are done; then lets the row go. All end, if only in a 404."""
    tasks: list[asyncio.Future[None]] = []
    async with open_system_work(runtime, "test") as holder:
        await holder.session.execute(select(table.id).where(table.id == row_id).with_for_update(key_share=True))

        async def are_stuck() -> bool:
            async with open_system_work(runtime, "test") as work:
                waiting = await work.session.scalar(WAITING)
            return bool(waiting == sum(not task.done() for task in tasks))

        for call in calls:
            tasks.append(asyncio.ensure_future(call))
            await until_async(are_stuck)
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, NotFound):
            raise result


async def test_two_deletions_of_a_session_that_grows_meanwhile(
    runtime: Runtime, profile_id: UUID, session_id: UUID
) -> None:
    """The crowd makes PostgreSQL read a session's rows by their index: the newest first."""
    async with open_system_work(runtime, "test") as work:
        await work.session.execute(CROWD, {"workspace": DEFAULT_WORKSPACE_ID})
        await work.session.execute(text("ANALYZE comfyui_generations"))
    oldest, newer = [await add(runtime, session_id=session_id, profile_id=profile_id) for _ in range(2)]
    await _while_held(
        runtime,
        Generation,
        oldest,
        _do(runtime, ending.delete_session, session_id),
        _do(runtime, service.rerun, newer, RerunInput()),
        _do(runtime, ending.delete_session, session_id),
    )
    async with open_system_work(runtime, "test") as work:
        left = select(func.count(Generation.id)).where(Generation.session_id == session_id)
        assert await work.session.scalar(left.where(Generation.status == "pending")) == 0
        assert await work.session.scalar(left.where(Generation.deleted_at.is_(None))) == 0


async def test_a_backend_that_is_away_beside_a_deletion(runtime: Runtime, session_id: UUID) -> None:
    lease = await lease_of_new_row(runtime, session_id=session_id)
    held = await add(runtime)
    waiting = await add(runtime, session_id=session_id)
    await _while_held(
        runtime, Generation, held, _is_away(runtime, lease), _do(runtime, ending.delete_session, session_id)
    )
    assert (await read(runtime, waiting)).status == "cancelled"
    assert (await read(runtime, lease.claimed.id)).status == "cancelled"


async def _is_away(runtime: Runtime, lease: Lease) -> None:
    async with open_system_work(runtime, "test") as work:
        row = await work.session.get_one(Generation, lease.claimed.id)
    await moving.wait(lease, row, "ComfyUI is away")


@pytest.mark.parametrize("whole_profile", [False, True])
async def test_whatever_happens_in_a_session_while_it_is_deleted(
    runtime: Runtime, profile_id: UUID, session_id: UUID, whole_profile: bool
) -> None:
    its = {"session_id": session_id, "profile_id": profile_id}
    leases = [await lease_of_new_row(runtime, **its) for _ in range(2)]
    held = await add(runtime, id=UUID(int=1), **its)
    ended, gone, waiting = [await add(runtime, status=status, **its) for status in ("completed", "failed", "pending")]
    await _do(runtime, ending.delete, gone)
    deletion: Deletion = (ending.delete_session, session_id)
    if whole_profile:
        deletion = (ending.delete_profile, profile_id)
    calls = [
        _do(runtime, *deletion),
        outcomes.cancelled(leases[0]),
        outcomes.fail(leases[1], outcomes.POISON),
        _do(runtime, ending.delete, ended),
        _do(runtime, ending.cancel, waiting),
        _do(runtime, service.rerun, waiting, RerunInput()),
    ]
    await _while_held(runtime, Generation, held, *calls)
    assert [(await read(runtime, row)).status for row in (held, waiting)] == ["cancelled", "cancelled"]


async def test_a_profile_moves_while_its_machine_is_found_away(runtime: Runtime, profile_id: UUID) -> None:
    lease = await lease_of_new_row(runtime, profile_id=profile_id)

    async def move(work: Work) -> None:
        await profiles.update_profile(work, profile_id, ProfilePatch(url="http://127.0.0.1:8199"))

    async def find_it_away() -> None:
        async with open_work(runtime, User(DEFAULT_WORKSPACE_ID)) as work:
            row = await work.session.get_one(Generation, lease.claimed.id)
        await moving.wait(lease, row, "ComfyUI is away")

    own = await own_machine_of(runtime, profile_id)
    await _while_held(runtime, ComfyBackend, own, _do(runtime, move), find_it_away())
    assert (await read(runtime, lease.claimed.id)).backend_url == "http://127.0.0.1:8199"


async def own_machine_of(runtime: Runtime, profile_id: UUID) -> UUID:
    async with open_system_work(runtime, "test") as work:
        own = await work.session.scalars(select(ComfyBackend.id).where(ComfyBackend.profile_id == profile_id))
        return own.one()


async def test_what_was_wanted_on_a_machine_that_the_profile_takes_over_is_wanted_on_its_own(
    runtime: Runtime, profile_id: UUID
) -> None:
    url = "http://127.0.0.1:8199"
    beside = await _insert(runtime, ComfyBackend, name="Beside", url=url, profile_id=profile_id)
    wanted = await add(runtime, profile_id=profile_id, wanted_backend_id=beside)

    async def move(work: Work) -> None:
        await profiles.update_profile(work, profile_id, ProfilePatch(url=url))

    await _do(runtime, move)
    assert (await claimed_row(runtime)).id == wanted
    assert (await read(runtime, wanted)).backend_url == url


async def test_a_profile_is_deleted_while_its_default_workflow_changes(runtime: Runtime, profile_id: UUID) -> None:
    values = {"profile_id": profile_id, "workflow_json": "{}"}
    await _insert(runtime, Workflow, name="Default", is_default=True, **values)
    other = await _insert(runtime, Workflow, name="Other", **values)

    async def choose(work: Work) -> None:
        await workflows.update_workflow(work, other, WorkflowPatch(is_default=True))

    await _while_held(runtime, Workflow, other, _do(runtime, ending.delete_profile, profile_id), _do(runtime, choose))


async def test_a_purge_of_projects_beside_the_deletion_of_a_profile(runtime: Runtime, profile_id: UUID) -> None:
    """PostgreSQL itself takes what loses its project as it stands in the table: here the higher id first."""
    project_id = await _insert(runtime, Project, name="Old", deleted_at=text("now() - interval '8 days'"))
    its = {"title": "Test", "profile_id": profile_id, "project_id": project_id}
    held = await _insert(runtime, Session, id=UUID(int=2), **its)
    await _insert(runtime, Session, id=UUID(int=1), **its)
    await _while_held(runtime, Session, held, _purge(runtime), _do(runtime, ending.delete_profile, profile_id))
    async with open_system_work(runtime, "test") as work:
        assert (await work.session.get_one(Session, held)).project_id is None
        assert await work.session.get(Project, project_id) is None


async def _purge(runtime: Runtime) -> None:
    async with open_system_work(runtime, "test") as work:
        await purge_projects(work)


async def test_two_that_use_the_same_prompt_and_preset_while_their_session_is_deleted(
    runtime: Runtime, profile_id: UUID, session_id: UUID
) -> None:
    prompt_id = await _insert(runtime, Prompt, name="Kept", prompt_text="a pier")
    preset_id = await _insert(runtime, Preset, name="Kept", parameters={})
    graph = {"1": {"class_type": "KSampler", "inputs": {}}}
    wish = GenerateInput(workflow_json=graph, saved_prompt_id=prompt_id, preset_id=preset_id)

    async def generate(work: Work) -> None:
        await service.create(work, wish, session_id=session_id)

    calls = [_do(runtime, generate), _do(runtime, generate), _do(runtime, ending.delete_session, session_id)]
    await _while_held(runtime, Preset, preset_id, *calls)
    async with open_system_work(runtime, "test") as work:
        made = await work.session.scalar(select(func.count(Generation.id)).where(Generation.session_id == session_id))
        assert (await work.session.get_one(Prompt, prompt_id)).used_count == made != 0
