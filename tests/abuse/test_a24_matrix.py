"""A24: every operation of the OpenAPI document, times everybody who may call it or may not.

What is right stands here in `ALLOWED`, written down and not read from the code.
"""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.abuse.matrix import CALLERS, OF_NO_WORKSPACE, Matrix, Operation, told_status
from tests.abuse.populated import BY_HEADER, OTHERS, Place
from tests.abuse.sampling import THOROUGH, sampled

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGNED_IN = set(CALLERS) - {"anonymous"}
READERS = {"viewer", "member", "admin", "owner", "read key", "write key", "admin key"}
WRITERS = READERS - {"viewer", "read key"}
MANAGERS = {"admin", "owner", "admin key"}
ALLOWED = {
    "self:read": SIGNED_IN,
    "self:write": SIGNED_IN - {"read key", "write key", "server admin's write key"},
    "read": READERS,
    "media": READERS,
    "write": WRITERS,
    "generate": WRITERS,
    "chat": WRITERS,
    "manage": MANAGERS,
    "members:read": READERS,
    "people": MANAGERS,
    "owner": {"owner", "admin key"},
    "server": {"server admin", "server admin's admin key"},
}
OUTSIDERS = {*OTHERS, f"stranger{BY_HEADER}", "server admin's write key", "server admin's admin key"}
OF_THE_OWNER = {"owner", "read key", "write key", "admin key"}
OF_ONE_USER = {"{key_id}", "{login_id}"}
OTHERWISE = {
    "create_completion": {502},  # what answers there is a ComfyUI
    "create_embeddings": {400},
    "refresh_login": {401},  # without a cookie
    "set_up": {409},
    "add_profile_key": {422},  # a ComfyUI has one
    "accept_invitation": {200, 403, 409, 422},  # tests/features/people
    "delete_model": {200, 404},  # all have one Ollama
    "delete_workspace": {409},  # it is not empty
    "name_conversation": {200, 422},  # its model may be deleted by then
    "retry_task": {409},  # it has not failed
    "stop_message": {409},  # nothing is being answered
    "make_variations": {422},  # this graph has no seed
    "compare_generations": {422},  # without two of them
    "verify_generation": {409},  # nothing was made
    "leave_workspace": {200, 409},  # its last owner stays
}


def refusal(operation: Operation, caller: str) -> int | None:
    """The status of a refusal, None where the caller is let in."""
    if operation.policy == "public":
        return None
    if caller == "anonymous":
        return 401
    parts = set(operation.path.split("/"))
    if caller in OUTSIDERS and (operation.policy not in OF_NO_WORKSPACE or "{workspace_id}" in parts):
        if caller == "stranger" and "{" not in operation.path.replace("{provider}", "").replace("{name}", ""):
            return None
        return 409 if caller == "stranger" and operation.restores else 404
    if caller not in ALLOWED[operation.policy]:
        return 403
    return 404 if parts & OF_ONE_USER and caller not in OF_THE_OWNER else None


async def test_a24_who_may_not_is_refused_and_changes_nothing(matrix: Matrix) -> None:
    wrong: list[tuple[Any, ...]] = []
    shared = await matrix.place("owner")
    restored = {
        str(operation): await matrix.place("owner", operation) for operation in matrix.operations if operation.restores
    }
    before = await matrix.tables()
    for number, operation in enumerate(matrix.operations, 1):
        place = restored.get(str(operation), shared)
        for caller in sampled(CALLERS, f"{operation}", 3):
            status = refusal(operation, caller)
            if status is None:
                continue
            answer = await matrix.ask(operation, caller, place)
            if answer.status_code != status or told_status(answer) != status:
                wrong.append((str(operation), caller, answer.status_code, status))
            elif status in {404, 409} and _said(answer) != _said(await matrix.ask(operation, caller, place.missing())):
                wrong.append((str(operation), caller, "is told that the row exists", answer.text))
            elif status == 401 and answer.headers["www-authenticate"] != "Bearer":
                wrong.append((str(operation), caller, "is not told how to sign in"))
        if not THOROUGH and number % 10 and number < len(matrix.operations):
            continue
        after = await matrix.tables()
        if after != before:
            wrong.append(
                (str(operation), "or one before it changed", [name for name in after if after[name] != before[name]])
            )
        before = after
    assert wrong == []


def _said(answer: httpx2.Response) -> Any:
    return answer.status_code, answer.content


def asked(matrix: Matrix) -> Iterator[tuple[Operation, str]]:
    for operation in matrix.operations:
        for caller in sampled(CALLERS, f"{operation}", 3):
            yield operation, caller


async def test_a24_who_may_is_let_in(matrix: Matrix) -> None:
    wrong: list[tuple[Any, ...]] = []
    shared = await matrix.place("owner")
    for operation, caller in asked(matrix):
        if refusal(operation, caller) is not None:
            continue
        crew = await matrix.crew_for(operation)
        place = await matrix.place(caller, operation) if operation.uses_its_row_up else shared
        answer = await matrix.ask(operation, caller, place, crew)
        if caller == "stranger" and operation.policy not in OF_NO_WORKSPACE:
            if not _is_of_their_own(answer, place):
                wrong.append((str(operation), caller, answer.status_code, answer.text[:200]))
        elif answer.status_code not in OTHERWISE.get(operation.name, {200, 201}):
            wrong.append((str(operation), caller, answer.status_code, answer.text[:200]))
    assert wrong == []


def _is_of_their_own(answer: httpx2.Response, foreign: Place) -> bool:
    """Let in, but to a workspace of their own, where there is nothing of this one."""
    seen = [name for name, value in foreign.ids.items() if name.endswith("_id") and str(value) in answer.text]
    return answer.status_code < 500 and answer.status_code not in {401, 403} and seen == []
