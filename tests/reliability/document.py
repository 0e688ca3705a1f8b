"""docs/reliability.md as a list of claims, each with the tests and commands that hold it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "reliability.md"
ROW = re.compile(r"^\| (?P<id>[AFR]\d+) \|(?P<cells>.*)\|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
IDS = {"A": 64, "F": 45, "R": 51}
"""How many attacks, faults and rules there are."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`title` says what is done. Tests are (file below the root, name of the test or "" for all of the file)."""

    id: str
    title: str
    tests: list[tuple[str, str]]
    commands: list[str]


def claims() -> list[Claim]:
    return list(_read(DOCUMENT.read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[Claim]:
    for row in ROW.finditer(text):
        cells = [cell.strip() for cell in row["cells"].split("|")]
        named = [code for cell in cells[1:] for code in CODE.findall(cell)]
        tests = [_test(name) for name in named if ".py" in name and " " not in name]
        commands = [name for name in named if name.startswith(("make ", "python -m "))]
        yield Claim(row["id"], cells[0], tests, commands)


def _test(name: str) -> tuple[str, str]:
    """In the document a path begins below `tests`."""
    file, _, test = name.partition("::")
    return f"tests/{file}", test
