"""A deadline for many short waits in a row, which makes no timer for each as `asyncio.timeout` does."""

import asyncio
from collections.abc import Awaitable
from types import TracebackType
from typing import Any, Self, TypeVar

_Result = TypeVar("_Result")


class Alarm:
    """As a context manager it takes its timer away at the end. One timer is left to ring too early, and set anew."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = 0.0
        self._due = 0.0
        self._waiter: asyncio.Task[Any] | None = None
        self._has_rung = False

    async def before(self, due: float, work: Awaitable[_Result]) -> _Result:
        """`due` is by the loop's clock. Raises TimeoutError, after `work` was cancelled."""
        task = asyncio.current_task(self._loop)
        assert task is not None
        self._due, self._waiter = due, task
        if self._timer is None or due < self._rings_at:
            self._set(due)
        cancels = task.cancelling()
        try:
            return await work
        except asyncio.CancelledError:
            if self._has_rung and task.uncancel() <= cancels:
                raise TimeoutError from None
            raise
        finally:
            self._waiter, self._has_rung = None, False

    def _set(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._rings_at = self._loop.call_at(at, self._ring), at

    def _ring(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() < self._due:
            self._set(self._due)
            return
        self._has_rung = True
        self._waiter.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
