"""docs/reliability.md names every attack, fault and rule once, and nothing that is not there."""

import ast
import importlib.util
import re
from functools import cache

from tests.reliability.document import IDS, ROOT, claims

TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


@cache
def names_in(file: str) -> set[str]:
    path = ROOT / file
    if not path.is_file():
        return set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, functions)}


def test_every_attack_fault_and_rule_is_there_once() -> None:
    wanted = [f"{letter}{number}" for letter, count in IDS.items() for number in range(1, count + 1)]
    found = [claim.id for claim in claims()]
    assert sorted(found) == sorted(wanted)


def test_every_test_that_is_named_exists() -> None:
    named = {(claim.id, *test) for claim in claims() for test in claim.tests}
    assert named, "the tables could not be read"
    gone = [(known, file, test) for known, file, test in sorted(named) if (test or "") not in names_in(file) | {""}]
    gone += [(known, file, test) for known, file, test in sorted(named) if not (ROOT / file).is_file()]
    assert gone == []


def test_every_command_that_is_named_exists() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text()))
    named = {command for claim in claims() for command in claim.commands}
    missing = {command for command in named if command.startswith("make ") and command.split()[1] not in targets}
    programs = {command.split()[2] for command in named if command.startswith("python -m ")}
    missing |= {program for program in programs if importlib.util.find_spec(program) is None}
    assert missing == set()
