"""Which of a profile's machines a claimed row is given to."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, text, update

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.db.backend import ComfyBackend, Misfit
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.claim import claim, count_claimable
from spoonfeeder.features.generations import moving
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work
from tests.durable.rows import add, change, claimed_row, lease_of_new_row, read

OURS = {"workspace_id": DEFAULT_WORKSPACE_ID}
FIRST, SECOND, THIRD = (f"http://127.0.0.1:{port}" for port in (8188, 8189, 8190))
NEEDS = "a" * 64


@pytest.fixture
async def profile_id(runtime: Runtime) -> UUID:
    async with open_system_work(runtime, "test") as work:
        comfyui = {"name": "Test", "type": "image", "provider": "comfyui", "url": FIRST}
        made = await work.session.scalar(insert(Profile).values(**OURS, **comfyui).returning(Profile.id))
    assert made is not None
    return UUID(str(made))


async def machine(runtime: Runtime, profile_id: UUID, url: str, **values: Any) -> UUID:
    """The profile's own for its own address, else another one."""
    async with open_system_work(runtime, "test") as work:
        if url == FIRST:
            own = update(ComfyBackend).where(ComfyBackend.profile_id == profile_id, ComfyBackend.is_own)
            changed = await work.session.scalar(own.values(url=FIRST, **values).returning(ComfyBackend.id))
            assert changed is not None
            return UUID(str(changed))
        row = {**OURS, "profile_id": profile_id, "name": url, "url": url, **values}
        made = await work.session.scalar(insert(ComfyBackend).values(**row).returning(ComfyBackend.id))
        assert made is not None
        return UUID(str(made))


async def does_not_fit(runtime: Runtime, machine_id: UUID, **values: Any) -> None:
    async with open_system_work(runtime, "test") as work:
        row = {**OURS, "backend_id": machine_id, "needs_sha256": NEEDS, "lacking": ["It has no x."], **values}
        await work.session.execute(insert(Misfit).values(**row))


async def places(runtime: Runtime, number: int) -> list[str]:
    """Where the next rows go, in the order of their claims."""
    return [(await read(runtime, (await claimed_row(runtime)).id)).backend_url for _ in range(number)]


async def count(runtime: Runtime) -> int:
    async with open_system_work(runtime, "test") as work:
        return await count_claimable(work, GENERATIONS)


async def test_rows_go_to_the_least_loaded_until_every_slot_is_taken(runtime: Runtime, profile_id: UUID) -> None:
    await machine(runtime, profile_id, SECOND, slots=4)
    for _ in range(9):
        await add(runtime, profile_id=profile_id)
    assert await count(runtime) == 6
    taken = await places(runtime, 6)
    assert sorted(taken[:2]) == [FIRST, SECOND]
    assert sorted(taken) == [FIRST] * 2 + [SECOND] * 4
    assert await claim(runtime, GENERATIONS) is None
    assert await count(runtime) == 0


async def test_a_row_that_comes_to_a_machine_is_written_down_with_it(runtime: Runtime, profile_id: UUID) -> None:
    own = await machine(runtime, profile_id, FIRST)
    row = await add(runtime, profile_id=profile_id, backend_url="http://127.0.0.1:1")
    await claimed_row(runtime)
    taken = await read(runtime, row)
    assert (taken.backend_id, taken.backend_url) == (own, FIRST)


async def test_two_profiles_of_one_address_share_its_slots(runtime: Runtime, profile_id: UUID) -> None:
    async with open_system_work(runtime, "test") as work:
        other = uuid4()
        same = {"id": other, "name": "Other", "type": "image", "provider": "comfyui", "url": FIRST}
        await work.session.execute(insert(Profile).values(**OURS, **same))
    for owner in (profile_id, other, other):
        await add(runtime, profile_id=owner)
    await places(runtime, 2)
    assert await claim(runtime, GENERATIONS) is None


async def test_of_idle_machines_the_one_that_has_the_checkpoint_loaded(runtime: Runtime, profile_id: UUID) -> None:
    await machine(runtime, profile_id, SECOND, loaded_checkpoint="b.safetensors")
    await machine(runtime, profile_id, THIRD, loaded_checkpoint="c.safetensors")
    for name in ("b.safetensors", "b.safetensors", "c.safetensors", "b.safetensors"):
        await add(runtime, profile_id=profile_id, checkpoint_name=name)
    taken = await places(runtime, 4)
    # The second does not wait behind the first while another machine is idle, and that one has it loaded from then on.
    assert taken == [SECOND, FIRST, THIRD, SECOND] or taken == [SECOND, FIRST, THIRD, FIRST]


@pytest.mark.parametrize("off", [{"enabled": False}, {"draining": True}, {"status": "down"}])
async def test_nothing_new_goes_to_a_machine_that_takes_nothing(
    runtime: Runtime, profile_id: UUID, off: dict[str, Any]
) -> None:
    await machine(runtime, profile_id, SECOND, **off)
    for _ in range(3):
        await add(runtime, profile_id=profile_id)
    assert await places(runtime, 2) == [FIRST, FIRST]
    assert await claim(runtime, GENERATIONS) is None
    assert await count(runtime) == 0


async def test_where_all_are_down_one_is_tried(runtime: Runtime, profile_id: UUID) -> None:
    await machine(runtime, profile_id, FIRST, status="down")
    await add(runtime, profile_id=profile_id)
    assert await places(runtime, 1) == [FIRST]


async def test_a_machine_that_lacks_what_the_graph_needs_is_passed_over(runtime: Runtime, profile_id: UUID) -> None:
    await machine(runtime, profile_id, SECOND)
    own = await machine(runtime, profile_id, FIRST)
    await does_not_fit(runtime, own)
    for _ in range(3):
        await add(runtime, profile_id=profile_id, needs_sha256=NEEDS)
    other = await add(runtime, profile_id=profile_id, needs_sha256="b" * 64)
    assert await places(runtime, 2) == [SECOND, SECOND]
    assert (await claimed_row(runtime)).id == other
    assert await claim(runtime, GENERATIONS) is None


async def test_what_did_not_fit_is_asked_again_after_some_minutes(runtime: Runtime, profile_id: UUID) -> None:
    own = await machine(runtime, profile_id, FIRST)
    await machine(runtime, profile_id, SECOND)
    await does_not_fit(runtime, own, created_at=func.now() - text("interval '6 minutes'"))
    for _ in range(2):
        await add(runtime, profile_id=profile_id, needs_sha256=NEEDS)
    assert sorted(await places(runtime, 2)) == [FIRST, SECOND]


async def test_what_fits_nowhere_is_given_to_one_that_says_why(runtime: Runtime, profile_id: UUID) -> None:
    """Two workers may find it out of two machines at the same moment."""
    for url in (FIRST, SECOND):
        await does_not_fit(runtime, await machine(runtime, profile_id, url))
    await add(runtime, profile_id=profile_id, needs_sha256=NEEDS)
    assert await count(runtime) == 1
    assert (await places(runtime, 1))[0] in {FIRST, SECOND}


async def test_a_row_waits_for_a_machine_that_is_down_rather_than_go_where_it_cannot_run(
    runtime: Runtime, profile_id: UUID
) -> None:
    await machine(runtime, profile_id, SECOND, status="down")
    await does_not_fit(runtime, await machine(runtime, profile_id, FIRST))
    await add(runtime, profile_id=profile_id, needs_sha256=NEEDS)
    assert await places(runtime, 1) == [SECOND]


async def test_a_row_goes_where_it_was_asked_for_and_nowhere_else(runtime: Runtime, profile_id: UUID) -> None:
    second = await machine(runtime, profile_id, SECOND, slots=1)
    for _ in range(2):
        await add(runtime, profile_id=profile_id, wanted_backend_id=second)
    assert await places(runtime, 1) == [SECOND]
    assert await claim(runtime, GENERATIONS) is None


async def test_a_row_that_was_submitted_goes_back_to_its_machine_unless_that_is_away(
    runtime: Runtime, profile_id: UUID
) -> None:
    second = await machine(runtime, profile_id, SECOND, slots=1)
    submitted = {"profile_id": profile_id, "submit_count": 1, "backend_id": second, "backend_url": SECOND}
    first_row = await add(runtime, **submitted)
    await add(runtime, **submitted)
    assert await places(runtime, 1) == [SECOND]
    assert await claim(runtime, GENERATIONS) is None
    await change(runtime, first_row, status="cancelled")
    await machine(runtime, profile_id, THIRD)
    async with open_system_work(runtime, "test") as work:
        await work.session.execute(update(ComfyBackend).where(ComfyBackend.id == second).values(status="down"))
    assert (await places(runtime, 1))[0] in {FIRST, THIRD}


async def test_rows_of_a_deleted_profile_are_not_given_out(runtime: Runtime, profile_id: UUID) -> None:
    await add(runtime, profile_id=profile_id)
    async with open_system_work(runtime, "test") as work:
        await work.session.execute(update(Profile).where(Profile.id == profile_id).values(deleted_at=func.now()))
    assert await claim(runtime, GENERATIONS) is None


async def test_what_waits_for_one_machine_does_not_put_off_what_others_can_run(
    runtime: Runtime, profile_id: UUID
) -> None:
    second = await machine(runtime, profile_id, SECOND, status="down")
    away = await lease_of_new_row(runtime, profile_id=profile_id, wanted_backend_id=second)
    wanted_too = await add(runtime, profile_id=profile_id, wanted_backend_id=second)
    usual = await add(runtime, profile_id=profile_id)
    async with open_system_work(runtime, "test") as work:
        row = await work.session.get_one(Generation, away.claimed.id)
    await moving.wait(away, row, "It is away.")
    assert [(await read(runtime, each)).waiting_reason for each in (wanted_too, usual)] == ["It is away.", None]
    assert (await claimed_row(runtime)).id == usual


async def test_what_only_a_machine_that_is_away_can_run_puts_off_its_like(runtime: Runtime, profile_id: UUID) -> None:
    await machine(runtime, profile_id, SECOND, status="down")
    await does_not_fit(runtime, await machine(runtime, profile_id, FIRST))
    away = await lease_of_new_row(runtime, profile_id=profile_id, needs_sha256=NEEDS)
    alike = await add(runtime, profile_id=profile_id, needs_sha256=NEEDS)
    usual = await add(runtime, profile_id=profile_id, needs_sha256="b" * 64)
    async with open_system_work(runtime, "test") as work:
        row = await work.session.get_one(Generation, away.claimed.id)
    await moving.wait(away, row, "It is away.")
    assert [(await read(runtime, each)).waiting_reason for each in (alike, usual)] == ["It is away.", None]
