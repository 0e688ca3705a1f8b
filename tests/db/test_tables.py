"""What the tables themselves hold, whoever writes to them."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from spoonfeeder.db import Generation, IdempotencyKey, Media, Message, Profile, ProviderSetting, Session, Task, Workflow
from spoonfeeder.db.base import Base
from tests.db.rows import OURS, SHA256, generation, media, profile, seed_every_table, task, workflow


async def count(session: AsyncSession, table: type[Base]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def add(session: AsyncSession, *rows: Base) -> None:
    session.add_all(rows)
    await session.commit()


async def refused(session: AsyncSession, *rows: Base) -> str:
    with pytest.raises(IntegrityError) as error:
        async with session.begin_nested():
            session.add_all(rows)
    return str(error.value.orig)


async def test_a_flushed_row_has_all_its_defaults(session: AsyncSession) -> None:
    row = generation()
    await add(session, row)
    assert isinstance(row.id, UUID)
    assert (row.status, row.progress, row.run, row.version, row.fence, row.batch_size) == ("pending", 0, 1, 0, 0, 1)
    assert (row.outputs, row.loras_used, row.parameters, row.warnings, row.favorite) == ([], [], {}, [], False)
    assert row.created_at == row.updated_at == row.run_after
    server = profile()
    await add(session, server)
    assert (server.input_modalities, server.output_modalities) == (["text"], ["text"])


@pytest.mark.parametrize("seed", [0, 2**53 + 1, 2**63, 2**64 - 1])
async def test_every_seed_of_comfyui_comes_back_exactly(session: AsyncSession, seed: int) -> None:
    await add(session, generation(seed=seed, parameters={"seed": seed}))
    stored = await session.scalar(select(Generation).execution_options(populate_existing=True))
    assert stored is not None
    assert stored.seed == seed == stored.parameters["seed"]
    assert type(stored.seed) is int


@pytest.mark.parametrize("seed", [-1, 2**64])
async def test_no_other_seed_is_kept(session: AsyncSession, seed: int) -> None:
    assert "ck_comfyui_generations_seed" in await refused(session, generation(seed=seed))


async def test_absent_json_is_null_and_not_the_word_null(session: AsyncSession) -> None:
    await add(session, profile(options=None))
    assert await session.scalar(select(func.count()).where(Profile.options.is_(None))) == 1


async def test_a_change_moves_updated_at(session: AsyncSession) -> None:
    server = profile()
    await add(session, server)
    before = server.updated_at
    server.name = "Other"
    await session.commit()
    assert server.updated_at > before


async def test_graphs_are_read_only_when_asked_for(session: AsyncSession) -> None:
    await add(session, workflow(), generation(workflow_json_snapshot="{}"))
    session.expunge_all()
    template = (await session.scalars(select(Workflow))).one()
    with pytest.raises(InvalidRequestError):
        _ = template.workflow_json
    whole = (await session.scalars(select(Generation).options(undefer(Generation.workflow_json_snapshot)))).one()
    assert whole.workflow_json_snapshot == "{}"


async def test_one_default_workflow_per_profile(session: AsyncSession) -> None:
    first, second = profile(), profile()
    await add(session, first, second)
    chosen = workflow(profile_id=first.id, is_default=True)
    await add(session, chosen, workflow(profile_id=second.id, is_default=True), workflow(is_default=True))
    assert "uq_comfyui_workflows_default" in await refused(session, workflow(profile_id=first.id, is_default=True))
    assert "uq_comfyui_workflows_default" in await refused(session, workflow(is_default=True))
    chosen.deleted_at = chosen.created_at
    await add(session, workflow(profile_id=first.id, is_default=True))


async def test_what_may_stand_only_once(session: AsyncSession) -> None:
    picture = generation()
    key = {**OURS, "route": "POST /api/tasks", "key": "a", "body_sha256": SHA256}
    await add(session, picture, ProviderSetting(**OURS, provider="openai", api_key="x"), IdempotencyKey(**key))
    await add(session, media(generation_id=picture.id), media(), media())
    assert "uq_media" in await refused(session, media(generation_id=picture.id))
    assert "uq_provider_settings" in await refused(session, ProviderSetting(**OURS, provider="openai", api_key="y"))
    session.expunge_all()
    assert "pk_idempotency_keys" in await refused(session, IdempotencyKey(**key))


@pytest.mark.parametrize(
    "row",
    [
        lambda: generation(status="complete"),
        lambda: task(status="completed"),
        lambda: generation(progress=101),
        lambda: generation(progress=-1),
        lambda: task(progress=100),
        lambda: task(status="running"),
        lambda: Message(**OURS, conversation_id=uuid4(), role="robot", content="Beep"),
    ],
)
async def test_words_and_figures_outside_the_contract_fail(session: AsyncSession, row: Callable[[], Base]) -> None:
    assert "violates" in await refused(session, row())


async def test_deleting_a_parent_takes_its_children_and_spares_the_history(session: AsyncSession) -> None:
    await seed_every_table(session)
    for template in await session.scalars(select(Workflow)):
        await session.delete(template)
    await session.commit()
    survivor = (await session.scalars(select(Generation))).one()
    await session.refresh(survivor)
    assert survivor.workflow_id is None
    assert survivor.profile_id is not None

    for table in (Session, Task):
        for row in await session.scalars(select(table)):
            await session.delete(row)
    await session.commit()
    assert [await count(session, table) for table in (Generation, Media, Task)] == [0, 0, 0]


async def test_deleting_a_profile_keeps_generations_without_a_session(session: AsyncSession) -> None:
    server = profile()
    await add(session, server)
    await add(session, generation(profile_id=server.id), Session(**OURS, profile_id=server.id, title="Cats"))
    await session.delete(server)
    await session.commit()
    session.expunge_all()
    assert (await session.scalars(select(Generation))).one().profile_id is None
    assert await count(session, Session) == 0
