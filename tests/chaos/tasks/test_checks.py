"""The judge of unknown outcomes must be strict: only what cut the call off excuses one."""

from random import Random
from typing import Any, cast

import httpx2
import pytest
from sqlalchemy import RowMapping

from tests.chaos.faults import Done, Kind
from tests.chaos.findings import Findings
from tests.chaos.tasks.checks import OF_OUR_SIDE, check_bill
from tests.chaos.tasks.traffic import KINDS, Traffic

SENT_AT, ENDED_AT = 100.0, 106.0
REPORTED = ["I4: A picture has an unknown outcome, but nothing cut it off"]


def violations(*faults: Done, **columns: Any) -> list[str]:
    """Of one paid task of an unknown outcome, which the vendor carried out as soon as it was sent."""
    [picture] = [kind for kind in KINDS if kind.name == "openai image"]
    traffic = Traffic(httpx2.AsyncClient(), Random(1), kinds={7: picture}, acked={7: "a"})
    row: dict[str, Any] = {"id": "a", "name": "A picture", "status": "failed", "error_code": "UNKNOWN_OUTCOME"}
    row |= {"sent_at": SENT_AT, "ended_at": ENDED_AT}
    findings = Findings()
    check_bill(findings, [cast(RowMapping, row | columns)], traffic, {7: [{"at": SENT_AT}]}, faults)
    return findings.violations


@pytest.mark.parametrize(("kind", "seconds"), OF_OUR_SIDE.items())
def test_what_began_or_lasted_while_it_was_under_way_cut_it_off(kind: Kind, seconds: float) -> None:
    during = Done(kind, SENT_AT + 0.5, SENT_AT + 0.7)
    left = SENT_AT - seconds + 0.1
    assert violations(during) == violations(Done(kind, left - 3, left)) == []


def test_the_outcome_of_a_paused_worker_is_told_before_its_pause_ends() -> None:
    assert violations(Done(Kind.WORKER_PAUSED, SENT_AT + 0.1, ENDED_AT + 2.1)) == []


@pytest.mark.parametrize(("kind", "seconds"), OF_OUR_SIDE.items())
def test_what_was_over_before_it_was_sent_or_began_after_its_end_did_not(kind: Kind, seconds: float) -> None:
    over = SENT_AT - seconds - 0.1
    assert violations(Done(kind, over - 9, over)) == REPORTED
    assert violations(Done(kind, ENDED_AT + 0.1, ENDED_AT + 9)) == REPORTED


def test_without_any_fault_it_is_reported() -> None:
    assert violations() == REPORTED


def test_faults_that_a_call_survives_are_no_reason() -> None:
    for kind in (Kind.SESSIONS_TERMINATED, Kind.REDIS_KILLED, Kind.REDIS_FLUSHED, Kind.COMFYUI_KILLED, Kind.API_KILLED):
        assert violations(Done(kind, SENT_AT, SENT_AT + 1)) == REPORTED


def test_one_that_was_never_sent_has_no_unknown_outcome() -> None:
    assert violations(Done(Kind.WORKER_KILLED, SENT_AT, SENT_AT + 1), sent_at=None) == REPORTED
