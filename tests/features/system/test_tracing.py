"""What a collector of OpenTelemetry gets, over a real connection; and that nothing private is in it."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from spoonfeeder.core import tracing
from spoonfeeder.core.settings import Settings, SettingsError
from spoonfeeder.core.telemetry import open_telemetry
from spoonfeeder.durable.lease import Lease
from spoonfeeder.durable.serving import serve
from spoonfeeder.runtime import open_runtime
from spoonfeeder.simulator import Simulator
from spoonfeeder.simulator.ollama import SimulatedOllama
from spoonfeeder.worker.main import work
from tests.durable.rows import lease_of_new_row
from tests.fixtures.application import Application, serving
from tests.fixtures.workflows import workflow
from tests.serving import NOBODY_URL, served
from tests.waiting import until

SAID = "a lighthouse nobody may hear of"
TRACE = "0af7651916cd43dd8448eb211c80319c"
REQUEST_ID = "5df07f2d-4e29-410e-a0c0-dfde49ee98b5"


class Collector:
    """OTLP over HTTP; `spans` are those that came, `services` who sent them."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["path"] == "/v1/traces"
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.services |= {one.value.string_value for one in sent.resource.attributes if one.key == "service.name"}
            self.spans += [span for scoped in sent.scope_spans for span in scoped.spans]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def named(self, name: str) -> Span:
        (span,) = [span for span in self.spans if span.name == name]
        return span


def known(span: Span) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value") or "") for one in span.attributes}


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Collector, str]]:
    for limit in ("EXPORT_SECONDS", "CLOSE_SECONDS"):
        monkeypatch.setattr(tracing, limit, 60.0)
    collector = Collector()
    async with served(collector, lifespan="off", access_log=False) as url:
        yield collector, url


async def run_a_generation_and_a_chat(api: Application) -> str:
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "X-Request-ID": REQUEST_ID}
    made = await api.generate(await api.session(workflow("txt2img_sd15")), prompt_text=SAID)
    await api.ended(made["id"])
    await api.http.get(f"/api/comfyui/generations/{made['id']}?signature=swordfish", headers=headers)
    async with SimulatedOllama() as ollama:
        body = {"name": "Words", "provider": "ollama", "url": ollama.url, "api_key": "a-key-of-somebody"}
        profile_id = (await api.json("POST", "/profiles", 201, json=body))["id"]
        asked = {"profile_id": profile_id, "model": "llama3.2:latest", "messages": [{"role": "user", "content": SAID}]}
        await api.json("POST", "/chat", json=asked)
    return str(made["id"])


async def test_requests_statements_calls_and_rows_are_spans(
    settings: Settings, simulator: Simulator, collector: tuple[Collector, str]
) -> None:
    seen, settings.otel_exporter_otlp_endpoint = collector
    async with (
        serving(settings, simulator) as api,
        open_runtime(settings, open_telemetry(settings, "worker")) as worker,
    ):
        task = asyncio.create_task(work(worker))
        generation_id = await run_a_generation_and_a_chat(api)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert seen.services == {"spoonfeeder-api", "spoonfeeder-worker"}
    asked = next(span for span in seen.spans if span.trace_id.hex() == TRACE and span.kind == Span.SPAN_KIND_SERVER)
    assert asked.name == "GET /api/comfyui/generations/{generation_id}"
    assert known(asked) == {
        "spoonfeeder.request_id": REQUEST_ID,
        "http.request.method": "GET",
        "http.route": "/api/comfyui/generations/{generation_id}",
        "http.response.status_code": 200,
    }
    statements = [span for span in seen.spans if span.parent_span_id == asked.span_id]
    assert statements
    assert all(known(span)["db.system.name"] == "postgresql" for span in statements)

    run = seen.named("generations")
    assert known(run) == {
        "spoonfeeder.line": "generations",
        "spoonfeeder.row": generation_id,
        "spoonfeeder.outcome": "completed",
    }
    assert [span.name for span in seen.spans if span.parent_span_id == run.span_id and span.name == "UPDATE"]

    call, chat = seen.named("call ollama"), seen.named("POST /api/chat")
    assert call.trace_id == chat.trace_id
    told = known(call)
    assert (told["gen_ai.request.model"], told["spoonfeeder.outcome"]) == ("llama3.2:latest", "complete")
    assert told["gen_ai.usage.output_tokens"] > 0

    everything = str(seen.spans)
    assert [word for word in (SAID, "swordfish", "a-key-of-somebody", "lighthouse") if word in everything] == []
    alone = [span for span in seen.spans if span.kind == Span.SPAN_KIND_CLIENT and not span.parent_span_id]
    assert alone == [], "what the loops ask of the database"


async def _fail(_: Lease) -> None:
    raise ValueError("swordfish")


async def test_what_an_error_says_of_values_is_not_told(settings: Settings, collector: tuple[Collector, str]) -> None:
    seen, settings.otel_exporter_otlp_endpoint = collector
    async with open_runtime(settings, open_telemetry(settings, "api")) as runtime, runtime.engine.connect() as opened:
        tracer = runtime.telemetry.tracing.tracer
        as_number = text("SELECT CAST(CAST(:word AS text) AS integer)")
        with tracer.start_as_current_span("outer"), pytest.raises(DBAPIError, match="swordfish"):
            await opened.execute(as_number, {"word": "swordfish"})
        with pytest.raises(ValueError, match="swordfish"):
            await serve(_fail, await lease_of_new_row(runtime))
    (failed,) = [span for span in seen.spans if span.status.code == Status.STATUS_CODE_ERROR and span.name == "SELECT"]
    assert known(failed)["error.type"] == "22P02"
    assert "swordfish" not in str(seen.spans)


async def test_a_collector_that_is_away_holds_nobody_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.otel_exporter_otlp_endpoint = NOBODY_URL
    monkeypatch.setattr(tracing, "EXPORT_SECONDS", 0.1)
    monkeypatch.setattr(tracing, "CLOSE_SECONDS", 1.0)
    may_end, has_ended = threading.Event(), threading.Event()
    shutdown = TracerProvider.shutdown

    def endless(provider: TracerProvider) -> None:
        may_end.wait()
        shutdown(provider)
        has_ended.set()

    monkeypatch.setattr(TracerProvider, "shutdown", endless)
    async with asyncio.timeout(60):
        async with open_runtime(settings, open_telemetry(settings, "api")) as runtime:
            with runtime.telemetry.tracing.tracer.start_as_current_span("lost"):
                pass
    may_end.set()
    await until(has_ended.is_set)


@pytest.mark.parametrize("missing", ["opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"])
def test_without_the_packages_it_says_what_to_install(
    missing: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    assert not open_telemetry(settings, "api").tracing.is_on
    settings.otel_exporter_otlp_endpoint = NOBODY_URL
    with pytest.raises(SettingsError, match=r"pip install 'spoonfeeder\[otel\]'\.$"):
        open_telemetry(settings, "api")
