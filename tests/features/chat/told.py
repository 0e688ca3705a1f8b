"""What a stream told: its events by name, with the id and the data of each."""

from typing import Any, NamedTuple

import orjson


class Told(NamedTuple):
    name: str
    data: Any
    id: int | None


def told_in(text: str) -> list[Told]:
    """Comments are left out."""
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            fields = dict(line.split(": ", 1) for line in lines)
            place = int(fields["id"]) if "id" in fields else None
            found.append(Told(fields["event"], orjson.loads(fields["data"]), place))
    return found


def text_of(events: list[Told]) -> str:
    return "".join(event.data["text"] for event in events if event.name == "delta")
