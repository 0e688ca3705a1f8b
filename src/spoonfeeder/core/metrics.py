"""What a process counts since it began, and how one process tells another (docs/api.md, "Metrics")."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
CALL_SECONDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
WORK_SECONDS = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
OF_REQUESTS = "spoonfeeder_http_"

disable_created_metrics()  # type: ignore[no-untyped-call]

Told = list[tuple[str, dict[str, str], float]]
"""Name, labels and value of each sample, as a process tells it to others in JSON."""


class Watched(NamedTuple):
    """A number that somebody else keeps, read when it is asked for."""

    name: str
    documentation: str
    read: Callable[[], float]
    is_counter: bool = False


class Metrics(Collector):
    """The metrics of a process; every label has a small, fixed set of values."""

    def __init__(self) -> None:
        self._watched: list[Watched] = []
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)
        self.requests = Histogram(
            "spoonfeeder_http_request_duration_seconds",
            "Requests by method, route template and class of status, until their last byte.",
            ("method", "route", "status"),
            buckets=REQUEST_SECONDS,
            registry=self.registry,
        )
        self.in_flight = 0
        self.watch(
            Watched("spoonfeeder_http_requests_in_flight", "Requests not answered whole yet.", lambda: self.in_flight)
        )
        self.work_ended = Counter(
            "spoonfeeder_work_ended", "Generations and tasks that ended.", ("line", "outcome"), registry=self.registry
        )
        self.work_seconds = Histogram(
            "spoonfeeder_work_duration_seconds",
            "From the start of a generation's or task's execution to its end.",
            ("line", "outcome"),
            buckets=WORK_SECONDS,
            registry=self.registry,
        )
        self.calls = Histogram(
            "spoonfeeder_provider_call_duration_seconds",
            "Calls to providers, with all their tries.",
            ("provider", "outcome"),
            buckets=CALL_SECONDS,
            registry=self.registry,
        )
        self.tokens = Counter(
            "spoonfeeder_provider_tokens",
            "Tokens as providers told them.",
            ("provider", "kind"),
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)

    def watch(self, *numbers: Watched) -> None:
        self._watched += numbers

    def collect(self) -> Iterable[Metric]:
        for name, documentation, read, is_counter in self._watched:
            family = CounterMetricFamily if is_counter else GaugeMetricFamily
            yield family(name, documentation, value=read())

    def tell(self) -> Told:
        """All that a process without HTTP counted, for one that is asked for it."""
        families = [family for family in self.registry.collect() if not family.name.startswith(OF_REQUESTS)]
        return [(one.name, one.labels, one.value) for family in families for one in family.samples]

    def ended(self, line: str, outcome: str, seconds: float | None = None) -> None:
        """A row of a line ended, after `seconds` of execution where it had begun."""
        self.work_ended.labels(line, outcome).inc()
        if seconds is not None:
            self.work_seconds.labels(line, outcome).observe(max(seconds, 0.0))

    def called(self, provider: str, outcome: str, seconds: float, tokens: Mapping[str, int | None]) -> None:
        """A call to a provider is over; `tokens` by kind, as far as they are known."""
        self.calls.labels(provider, outcome).observe(seconds)
        for kind, number in tokens.items():
            if number:
                self.tokens.labels(provider, kind).inc(number)
