"""Generated requests to every operation, and what of the answers is not as the OpenAPI document says.

`python -m tests.fuzz.campaign URL EXAMPLES SEED ONE_IN` reads a pickled `(document, known)` from stdin and prints
`{"answers", "findings"}`. A process of its own, since Hypothesis wants nobody else to draw from `random` meanwhile.
"""

import gc
import json
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from hypothesis.errors import Flaky, Unsatisfiable
from schemathesis import CheckContext, Response
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.stage import Known

OF_THE_PROVIDER = ("COMFYUI_", "PROVIDER_")


def no_failure_of_ours(ctx: CheckContext, response: Response, case: Any) -> bool | None:
    """A 5xx may only tell that a profile's own server is away or odd: the requests also move profiles elsewhere."""
    if response.status_code >= 500 and not response.json()["code"].startswith(OF_THE_PROVIDER):
        raise AssertionError(f"{response.status_code}: {response.text}")
    return None


CHECKS: list[Any] = [
    no_failure_of_ours,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def run(
    document: Mapping[str, Any], known: Known, url: str, *, examples: int, seed: int, one_in: int
) -> tuple[dict[str, Counter[int]], list[str]]:
    """The statuses that each operation answered with, and one finding per operation and mode that broke a promise.

    Valid and invalid requests share `examples`; only one operation in `one_in` is asked, and `seed` says which.
    """
    api = schemathesis.openapi.from_dict(dict(document))
    # the door refuses what is too large or too long before anybody looks inside
    api.config.checks.negative_data_rejection.expected_statuses += ["413", "414", "431"]
    operations: list[Any] = [result.ok() for result in cast("Any", api).get_all_operations()]
    operations.sort(key=_destruction)
    operations = operations[seed % one_in :: one_in]
    answers: dict[str, Counter[int]] = {}
    findings: list[str] = []
    with requests.Session() as client:
        for operation in operations:
            tries = _Tries(operation, _fields(operation, document), known, client, url)
            for mode in GenerationMode:
                findings += tries.run(mode, -(-examples // 2), seed)
            answers[operation.label] = tries.answers
    return answers, findings


def _destruction(operation: Any) -> tuple[int, str]:
    """What deletes comes last, and of that a part before the whole."""
    return (10 - operation.path.count("/") if operation.method.upper() == "DELETE" else 0, operation.path)


class _Tries:
    def __init__(self, operation: Any, fields: set[str], known: Known, client: requests.Session, url: str) -> None:
        self._operation = operation
        self._known = known
        self._fields = fields
        self._client = client
        self._url = url
        self.answers: Counter[int] = Counter()

    def run(self, mode: GenerationMode, examples: int, seed: int) -> Iterator[str]:
        options = hypothesis.settings(
            max_examples=examples,
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.generate],
            print_blob=False,
        )

        @hypothesis.seed(seed)
        @options
        @hypothesis.given(case=self._operation.as_strategy(generation_mode=mode), data=st.data())
        def attempt(case: Any, data: st.DataObject) -> None:
            if mode.is_positive:
                self._meet_something(case, data.draw)
            answer = case.call(base_url=self._url, session=self._client, timeout=60)
            self.answers[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS if mode.is_positive else [*CHECKS, negative_data_rejection])

        try:
            attempt()
        except Unsatisfiable:
            return  # an operation without parameters takes no wrong ones
        except (AssertionError, FailureGroup, Flaky, requests.RequestException) as failure:
            yield f"{self._operation.label} ({mode.value}): {failure}"

    def _meet_something(self, case: Any, draw: Callable[..., Any]) -> None:
        """Puts known values in the place of most of the made up ones."""
        mostly = st.sampled_from([True, True, True, False])
        if self._operation.label in self._known and draw(mostly):
            case.body = draw(st.sampled_from(self._known[self._operation.label]))
        for place, names in (
            (case.path_parameters, case.path_parameters.keys()),
            (case.query, case.query.keys()),
            (case.body, self._fields),
        ):
            for name in sorted(names & self._known.keys()) if isinstance(place, dict) else ():
                if draw(mostly):
                    place[name] = draw(st.sampled_from(self._known[name]))


def _fields(operation: Any, document: Mapping[str, Any]) -> set[str]:
    """The names of the fields of the operation's JSON body."""
    content = operation.definition.raw.get("requestBody", {}).get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    return set(document["components"]["schemas"].get(name, {}).get("properties", ()))


if __name__ == "__main__":
    gc.set_threshold(50_000)
    told, known = pickle.load(sys.stdin.buffer)
    answers, findings = run(
        told, known, sys.argv[1], examples=int(sys.argv[2]), seed=int(sys.argv[3]), one_in=int(sys.argv[4])
    )
    json.dump({"answers": answers, "findings": findings}, sys.stdout)
