"""`python -m tests.reliability [A | A13 F21 ...]`: runs the tests that docs/reliability.md names, one line a row.

Without arguments all attacks (`make abuse`). Exit status 1 when a test failed.
"""

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.findings import keep
from tests.reliability.document import ROOT, Claim, claims

PARAMETERS = "["
ELSEWHERE = "bench or browser or chaos or fuzz or proxy"
PARTS = {
    f"not ({ELSEWHERE} or alone)": ("-n", "3", "--dist", "worksteal"),
    f"alone and not ({ELSEWHERE})": (),
}
PASSED, NOTHING_SELECTED = 0, 5


@dataclass
class Told:
    """Of one test function with all its parameters."""

    cases: int = 0
    failed: int = 0
    seconds: float = 0.0


def run(wanted: list[Claim], folder: Path) -> tuple[bool, dict[tuple[str, str], Told]]:
    """Whether all passed, and what happened by file and test; what needs the machine for itself runs at the end."""
    tests = sorted({f"{file}::{name}" if name else file for claim in wanted for file, name in claim.tests})
    told: dict[tuple[str, str], Told] = {}
    statuses = []
    for part, options in PARTS.items():
        report = folder / "report.xml"
        command = (sys.executable, "-m", "pytest", "-q", "-m", part, *options, f"--junitxml={report}", *tests)
        statuses.append(subprocess.run(command, cwd=ROOT, check=False).returncode)
        read(report, told)
    return set(statuses) <= {PASSED, NOTHING_SELECTED}, told


def read(report: Path, told: dict[tuple[str, str], Told]) -> None:
    for case in ET.parse(report).iter("testcase"):
        file = f"{case.get('classname', '').replace('.', '/')}.py"
        one = told.setdefault((file, case.get("name", "").partition(PARAMETERS)[0]), Told())
        one.cases += 1
        one.failed += case.find("failure") is not None or case.find("error") is not None
        one.seconds += float(case.get("time", 0))


def of_claim(claim: Claim, told: Mapping[tuple[str, str], Told]) -> Told:
    total = Told()
    for file, name in claim.tests:
        for known, one in told.items():
            if known == (file, name) or (known[0] == file and not name):
                total.cases += one.cases
                total.failed += one.failed
                total.seconds += one.seconds
    return total


def table(wanted: list[Claim], told: Mapping[tuple[str, str], Told]) -> str:
    lines = ["| | Attack | Cases | Result | s |", "|---|---|---|---|---|"]
    for claim in wanted:
        one = of_claim(claim, told)
        result = f"{one.failed} failed" if one.failed else "held" if one.cases else "no test"
        lines.append(f"| {claim.id} | {claim.title} | {one.cases} | {result} | {one.seconds:.1f} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.reliability", description="The tests of docs/reliability.md."
    )
    parser.add_argument("ids", nargs="*", default=["A"], help="letters or ids")
    options = parser.parse_args()
    wanted = [claim for claim in claims() if {claim.id, claim.id[0]} & set(options.ids)]
    with tempfile.TemporaryDirectory() as folder:
        passed, told = run(wanted, Path(folder))
    sys.stdout.write(f"{table(wanted, told)}\n")
    rows = [{"id": claim.id, **vars(of_claim(claim, told))} for claim in wanted]
    sys.stdout.write(f"{keep('reliability', rows)}\n")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
