"""The counts of all workers together, from what each told with its last heartbeat."""

from collections.abc import Iterable, Mapping

from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample

from spoonfeeder.core.metrics import Told

MOST_WORKERS = 1_000
OF_PROCESSES = {
    "process_resident_memory_bytes": "spoonfeeder_workers_resident_memory_bytes",
    "process_open_fds": "spoonfeeder_workers_open_fds",
    "process_cpu_seconds_total": "spoonfeeder_workers_cpu_seconds_total",
}
"""Under these names, since those of the library are of the process that is asked."""

Key = tuple[str, tuple[tuple[str, str], ...]]


class Heard:
    """Counters begin at 0 with this process and never fall: what a worker counted stays when it ends.

    A gauge is the sum over the living.
    """

    def __init__(self) -> None:
        self._last: dict[str, dict[Key, float]] = {}
        self._counted: dict[Key, float] = {}
        self._present: dict[Key, float] = {}
        self._has_begun = False

    def hear(self, workers: Mapping[str, Told]) -> None:
        self._present = {}
        for worker, told in workers.items():
            numbers = {_key(name, labels): value for name, labels, value in told}
            before = self._last.pop(worker, {} if self._has_begun else numbers)
            for key, value in numbers.items():
                self._counted[key] = self._counted.get(key, 0.0) + value - before.get(key, 0.0)
                self._present[key] = self._present.get(key, 0.0) + value
            self._last[worker] = numbers
        while len(self._last) > MOST_WORKERS:
            del self._last[next(iter(self._last))]
        self._has_begun = True

    def samples_of(self, family: Metric) -> Iterable[Sample]:
        """Those of the family's names, with the label that says whose they are."""
        numbers = self._present if family.type == "gauge" else self._counted
        names = {f"{family.name}{suffix}" for suffix in ("", "_total", "_bucket", "_count", "_sum")}
        for (name, labels), value in numbers.items():
            if name in names:
                yield Sample(name, {**dict(labels), "process": "worker"}, value)

    def of_processes(self) -> Iterable[tuple[str, float, bool]]:
        """Name, value and whether it is a counter."""
        for (name, _), value in self._present.items():
            if name in OF_PROCESSES:
                is_counter = name.endswith("_total")
                yield OF_PROCESSES[name], self._counted[name, ()] if is_counter else value, is_counter


def _key(name: str, labels: Mapping[str, str]) -> Key:
    return name, tuple(labels.items())
