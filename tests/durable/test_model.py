"""Three workers and an impatient person on real PostgreSQL, against a model of a few lines (F38)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.core.settings import Settings
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.cancel import cancel_pending, request_cancel
from spoonfeeder.durable.claim import claim
from spoonfeeder.durable.lease import Lease, LeaseLost
from spoonfeeder.features.generations import outcomes
from spoonfeeder.features.generations.collect import Collected
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.work import open_system_work, open_work
from tests.durable import rows

Result = TypeVar("Result")
SLOTS = 2
PICK = st.integers(0, 1_000)


@dataclass
class Row:
    """What the model knows of a row; `held` False means that a claim may take it over."""

    order: int
    priority: int
    status: str = "pending"
    fence: int = 0
    held: bool = False
    crashes: int = 0
    owned: bool = False

    @property
    def due(self) -> bool:
        return self.status == "pending" or (self.status == "running" and not self.held)


class Machine(RuleBasedStateMachine):
    def __init__(self, runner: asyncio.Runner, runtime: Runtime) -> None:
        super().__init__()
        self._runner, self._runtime = runner, runtime
        self._rows: dict[UUID, Row] = {}
        self._leases: list[Lease] = []
        self._do(self._empty())

    def _do(self, step: Awaitable[Result]) -> Result:
        async def stepping() -> Result:
            return await step

        return self._runner.run(stepping())

    async def _empty(self) -> None:
        async with open_system_work(self._runtime, "test") as work:
            await work.session.execute(delete(Generation))

    @initialize(priorities=st.lists(st.integers(0, 2), min_size=3, max_size=3))
    def begin(self, priorities: list[int]) -> None:
        for priority in priorities:
            self.create(priority)
        self.claim()

    @rule(priority=st.integers(0, 2))
    def create(self, priority: int) -> None:
        row_id = self._do(rows.add(self._runtime, priority=priority))
        self._rows[row_id] = Row(len(self._rows), priority)

    @rule()
    def claim(self) -> None:
        claimed = self._do(claim(self._runtime, GENERATIONS))
        busy = sum(row.held for row in self._rows.values())
        due = [row_id for row_id, row in self._rows.items() if row.due]
        if busy >= SLOTS or not due:
            assert claimed is None
            return
        best = min(due, key=self._turn)
        assert claimed is not None
        assert claimed.id == best
        row = self._rows[best]
        row.crashes += row.status == "running" and row.owned
        row.status, row.held, row.owned, row.fence = "running", True, True, row.fence + 1
        assert (claimed.fence, claimed.crashes) == (row.fence, row.crashes)
        self._leases.append(Lease(self._runtime, GENERATIONS, claimed))

    def _turn(self, row_id: UUID) -> tuple[bool, int, int]:
        row = self._rows[row_id]
        return row.status != "running", -row.priority, row.order

    @precondition(lambda self: any(row.held for row in self._rows.values()))
    @rule(pick=PICK, taken_over=st.booleans())
    def expire(self, pick: int, taken_over: bool) -> None:
        held = [row_id for row_id, row in self._rows.items() if row.held]
        row_id = held[pick % len(held)]
        self._do(rows.expire(self._runtime, row_id))
        self._rows[row_id].held = False
        if taken_over:
            self.claim()

    @precondition(lambda self: self._rows)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        row_id = list(self._rows)[pick % len(self._rows)]
        row = self._rows[row_id]
        ended, asked = self._do(self._cancel(row_id))
        assert (ended, asked) == (row.status == "pending", row.status == "running")
        if row.status == "pending":
            row.status = "cancelled"

    async def _cancel(self, row_id: UUID) -> tuple[bool, bool]:
        async with open_work(self._runtime, LOCAL_OWNER) as work:
            ended = await cancel_pending(work, GENERATIONS, Generation.id == row_id)
            asked = await request_cancel(work, GENERATIONS, Generation.id == row_id)
        return bool(ended), bool(asked)

    @precondition(lambda self: self._leases)
    @rule(pick=PICK)
    def beat(self, pick: int) -> None:
        if row := self._try(pick, Lease.beat):
            row.held = True

    @precondition(lambda self: self._leases)
    @rule(pick=PICK)
    def finish(self, pick: int) -> None:
        self._end(pick, lambda lease: outcomes.complete(lease, Collected(), []), "completed")

    @precondition(lambda self: self._leases)
    @rule(pick=PICK)
    def fail(self, pick: int) -> None:
        self._end(pick, lambda lease: outcomes.fail(lease, outcomes.POISON), "failed")

    @precondition(lambda self: self._leases)
    @rule(pick=PICK)
    def end_as_cancelled(self, pick: int) -> None:
        self._end(pick, outcomes.cancelled, "cancelled")

    @precondition(lambda self: self._leases)
    @rule(pick=PICK)
    def hand_back(self, pick: int) -> None:
        lease = self._leases[pick % len(self._leases)]
        self._do(lease.hand_back())
        row = self._rows[lease.claimed.id]
        if self._is_valid(lease):
            row.held, row.owned = False, False

    def _end(self, pick: int, step: Callable[[Lease], Awaitable[None]], status: str) -> None:
        if row := self._try(pick, step):
            row.status, row.held = status, False

    def _try(self, pick: int, step: Callable[[Lease], Awaitable[None]]) -> Row | None:
        """The row if the step was allowed; who lost the row must be told so."""
        lease = self._leases[pick % len(self._leases)]
        try:
            self._do(step(lease))
        except LeaseLost:
            assert not self._is_valid(lease)
            return None
        assert self._is_valid(lease)
        return self._rows[lease.claimed.id]

    def _is_valid(self, lease: Lease) -> bool:
        row = self._rows[lease.claimed.id]
        return row.status == "running" and row.fence == lease.claimed.fence

    @invariant()
    def the_table_says_what_the_model_says(self) -> None:
        assert self._do(self._stored()) == {
            row_id: (row.status, row.fence, row.held) for row_id, row in self._rows.items()
        }

    async def _stored(self) -> dict[UUID, tuple[Any, ...]]:
        held = func.coalesce(Generation.lease_until > func.now(), False)
        async with open_system_work(self._runtime, "test") as work:
            found = await work.session.execute(select(Generation.id, Generation.status, Generation.fence, held))
            return {row_id: tuple(rest) for row_id, *rest in found}


@pytest.mark.parametrize(("examples", "steps"), [(20, 30), pytest.param(1_000, 50, marks=pytest.mark.fuzz)])
def test_rows_are_held_by_one_and_end_once_in_any_order_of_events(
    settings: Settings, examples: int, steps: int
) -> None:
    """Leases of ten minutes end only where the machine says so."""
    patient = settings.model_copy(update={"lease_seconds": 600.0, "comfyui_slots": SLOTS})
    plan = how(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        runtime = runner.run(stack.enter_async_context(open_runtime(patient)))
        try:

            class Bound(Machine):
                def __init__(self) -> None:
                    super().__init__(runner, runtime)

            run_state_machine_as_test(Bound, settings=plan)
        finally:
            runner.run(stack.aclose())
