"""The page for Prometheus: what this process counts, what the workers told, and what the database knows."""

import platform
from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from spoonfeeder import __version__
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.durable.counting import count_from_zero
from spoonfeeder.features.system.facts import LINES, FactFinder, Facts
from spoonfeeder.features.system.heard import Heard
from spoonfeeder.runtime import Runtime

OURS = "spoonfeeder_"


class Metering:
    """One per API process, kept as long as it runs: `page` is what a scrape gets."""

    def __init__(self, runtime: Runtime) -> None:
        count_from_zero(runtime, LINES)
        self._runtime = runtime
        self._finder = FactFinder(runtime)
        self._heard = Heard()
        self._heard_of: Facts | None = None

    async def page(self, accept: str) -> tuple[bytes, str]:
        """The text and its media type, in the form that the caller prefers."""
        facts = await self._finder.find()
        if facts is not None and facts is not self._heard_of:
            self._heard.hear(facts.workers)
            self._heard_of = facts
        everything = CollectorRegistry(auto_describe=False)
        asked = [*_known(facts), *await self._redis(), *await self._storage()]
        everything.register(_Collected([*self._counted(), *asked]))
        encode, media_type = choose_encoder(accept)
        return encode(everything), media_type

    def _counted(self) -> Iterable[Metric]:
        for family in self._runtime.telemetry.metrics.registry.collect():
            if family.name.startswith(OURS):
                own = [one._replace(labels={**one.labels, "process": "api"}) for one in family.samples]
                family.samples = [*own, *self._heard.samples_of(family)]
            yield family
        for name, value, is_counter in self._heard.of_processes():
            make = CounterMetricFamily if is_counter else GaugeMetricFamily
            yield make(name, "Of all workers together, as of their last heartbeat.", value=value)

    async def _redis(self) -> Iterable[Metric]:
        if self._runtime.redis_url is None:
            return []
        is_up = await self._runtime.live.answers()
        return [GaugeMetricFamily("spoonfeeder_redis_up", "1 while Redis does its work.", value=is_up)]

    async def _storage(self) -> Iterable[Metric]:
        try:
            free_bytes = await self._runtime.storage.free_bytes()
        except AppError:
            free_bytes = 0
        if free_bytes is None:
            return []
        return [GaugeMetricFamily("spoonfeeder_storage_free_bytes", "For media; 0: unreachable.", value=free_bytes)]


class _Collected(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _known(facts: Facts | None) -> Iterable[Metric]:
    build = GaugeMetricFamily("spoonfeeder_build_info", "Always 1.", labels=("version", "python"))
    build.add_metric((__version__, platform.python_version()), 1)
    yield build
    yield GaugeMetricFamily("spoonfeeder_database_up", "1 while the database answers.", value=facts is not None)
    if facts is None:
        return
    rows = GaugeMetricFamily("spoonfeeder_work_rows", "Generations and tasks not ended.", labels=("line", "status"))
    waiting = GaugeMetricFamily("spoonfeeder_work_waiting", "Pending for want of something outside.", labels=("line",))
    oldest = GaugeMetricFamily("spoonfeeder_work_oldest_seconds", "The longest wait of a due row.", labels=("line",))
    expired = GaugeMetricFamily("spoonfeeder_leases_expired", "Running rows that nobody holds.", labels=("line",))
    for line, numbers in facts.lines.items():
        for status in ("pending", "running"):
            rows.add_metric((line, status), numbers[status])
        waiting.add_metric((line,), numbers["waiting"])
        oldest.add_metric((line,), max(numbers["waits_seconds"], 0.0))
        expired.add_metric((line,), numbers["expired"])
    machines = GaugeMetricFamily("spoonfeeder_comfyui_machines", "Enabled ones by status.", labels=("status",))
    for each in BackendStatus:
        machines.add_metric((each.value,), facts.machines.get(each, 0))
    yield from (rows, waiting, oldest, expired, machines)
    yield GaugeMetricFamily("spoonfeeder_workers", "Worker processes that are alive.", value=len(facts.workers))
