"""How much a graph holds, counted while it grows: one value may be sent to many places."""

from typing import Any

from spoonfeeder.comfy.graph import MAX_DEPTH, MAX_VALUES, GraphError, Node

MAX_CHARACTERS = 20_000_000


class Weight:
    """Raises GraphError when the graph outgrows what can be stored."""

    def __init__(self) -> None:
        self._values = 0
        self._characters = 0

    def add(self, node: Node) -> None:
        level: list[Any] = [node]
        for _ in range(MAX_DEPTH):
            self._count(len(level), 0)
            deeper: list[Any] = []
            for value in level:
                if isinstance(value, dict):
                    deeper += value.values()
                    deeper += value.keys()
                elif isinstance(value, list):
                    deeper += value
                elif isinstance(value, str):
                    self._count(0, len(value))
            if not deeper:
                return
            level = deeper
        raise GraphError(f"The workflow is nested more than {MAX_DEPTH} levels deep.")

    def _count(self, values: int, characters: int) -> None:
        self._values += values
        self._characters += characters
        if self._values > MAX_VALUES:
            raise GraphError(f"The converted workflow holds more than {MAX_VALUES} values.")
        if self._characters > MAX_CHARACTERS:
            raise GraphError(f"The converted workflow holds more than {MAX_CHARACTERS} characters.")
