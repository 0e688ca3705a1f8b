"""What is wrong with a sweep, told all at once: by field, each with a sentence."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from spoonfeeder.core.errors import Invalid

MOST_FAULTS = 20
SHOWN_LETTERS = 100


@dataclass(slots=True)
class Faults:
    """The first of them; those beyond `MOST_FAULTS` are not looked for."""

    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def enough(self) -> bool:
        return len(self.told) >= MOST_FAULTS

    def add(self, loc: str, message: str) -> None:
        if not self.enough:
            self.told.append((loc, message))

    def refuse(self) -> None:
        """Raises Invalid if there are any."""
        if not self.told:
            return
        more = f" (and {len(self.told) - 1} more)" if len(self.told) > 1 else ""
        details = [{"loc": loc, "type": "invalid", "message": message} for loc, message in self.told]
        raise Invalid(f"{self.told[0][1]}{more}", details=details)


def shown(value: Any) -> str:
    """A value as a sentence shows it."""
    text = orjson.dumps(value, default=str).decode()
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…"
