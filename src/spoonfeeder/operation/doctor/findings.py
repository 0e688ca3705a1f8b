"""What a check tells: one line, and for what is not well one sentence on what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    level: Level
    said: str
    advice: str | None = None


def ok(check: str, said: str) -> Finding:
    return Finding(check, Level.OK, said)


def warning(check: str, said: str, advice: str) -> Finding:
    return Finding(check, Level.WARNING, said, advice)


def wrong(check: str, said: str, advice: str) -> Finding:
    return Finding(check, Level.WRONG, said, advice)


def in_words(seconds: float) -> str:
    """A length of time, as somebody would say it."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
