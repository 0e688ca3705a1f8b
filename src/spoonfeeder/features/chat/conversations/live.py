"""An answer while it is written: its text in memory, from which any number of readers take what they have not seen."""

import asyncio
import io
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import FinishReason, MessageStatus
from spoonfeeder.features.calls.call import Answering
from spoonfeeder.providers.base import Usage


class Ending(StrEnum):
    """Why an answer is ended before the model ends it."""

    STOPPED = "stopped"
    SHUTDOWN = "shutdown"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    status: MessageStatus
    model: str
    finish_reason: FinishReason | None = None
    usage: Usage = field(default_factory=Usage)
    cost_usd: Decimal | None = None
    duration_ms: int | None = None
    error: AppError | None = None

    def columns(self) -> dict[str, Any]:
        usage = asdict(self.usage)
        return {
            "status": self.status,
            "model": self.model,
            "finish_reason": self.finish_reason,
            "usage": usage if any(value is not None for value in usage.values()) else None,
            "cost_usd": self.cost_usd,
            "duration_ms": self.duration_ms,
            "error": self.error.message if self.error else None,
            "error_code": self.error.code if self.error else None,
        }


class Live:
    """Offsets count code points. `ending` says why it was ended from outside; `outcome` is known once it has ended."""

    def __init__(self, message_id: UUID, conversation_id: UUID, actor: User, fence: int) -> None:
        self.id = message_id
        self.conversation_id = conversation_id
        self.actor = actor
        self.fence = fence
        self.length = 0
        self.saved_length = 0
        self.ending: Ending | None = None
        self.outcome: Outcome | None = None
        self.answering: Answering | None = None
        self._text = io.StringIO()
        self._news = asyncio.Event()
        self._streaming: asyncio.Task[None] | None = None

    def append(self, text: str) -> None:
        self._text.seek(0, io.SEEK_END)
        self._text.write(text)
        self.length += len(text)
        self._tell()

    def since(self, offset: int) -> str:
        self._text.seek(min(offset, self.length))
        return self._text.read()

    def written_by(self, streaming: asyncio.Task[None]) -> None:
        self._streaming = streaming

    def end(self, ending: Ending) -> None:
        """From outside; what was written stays. Nothing happens where the model has ended it already."""
        if self.ending is None and self._streaming is not None and not self._streaming.done():
            self.ending = ending
            self._streaming.cancel()

    def close(self, outcome: Outcome) -> None:
        """Tells the readers that nothing follows."""
        if self.outcome is None:
            self.outcome = outcome
            self._tell()

    async def follow(self, offset: int = 0) -> AsyncGenerator[tuple[str, int]]:
        """What follows `offset`, with the offset behind it, until the answer has ended."""
        while True:
            news = self._news
            if self.length > offset:
                text = self.since(offset)
                offset += len(text)
                yield text, offset
            elif self.outcome is not None:
                return
            else:
                await news.wait()

    async def ended(self) -> Outcome:
        while self.outcome is None:
            await self._news.wait()
        return self.outcome

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
