"""The log: one line per event on standard error, without secrets and without control characters."""

import json
import logging
import sys
from typing import IO, Any, Literal

import structlog
from asgi_correlation_id import correlation_id
from structlog.typing import EventDict, Processor, WrappedLogger

from spoonfeeder.core.redaction import clean, escape_controls

QUIET_LOGGERS = ("alembic", "arq", "engineio", "httpcore2", "httpx2", "PIL", "socketio", "uvicorn", "websockets")
# At debug they write whole requests, with what people say to models and the pictures that they show.
TALKATIVE_LOGGERS = ("anthropic", "google_genai", "openai")
# python-socketio gives a logger without a level a handler of its own, past ours.
LEVELLED_LOGGERS = ("engineio.client", "engineio.server", "socketio.client", "socketio.server")

Format = Literal["json", "console"]


def configure(level: str, line_format: Format, stream: IO[str] | None = None) -> None:
    """Routes structlog and the standard library's loggers (uvicorn's, arq's …) to one stream."""
    renderer = _json_line if line_format == "json" else _console_line
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _without_secrets,
                renderer,
            ],
            foreign_pre_chain=shared,
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in (*QUIET_LOGGERS, *LEVELLED_LOGGERS):
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    for name in TALKATIVE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


def _add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    request_id = correlation_id.get()
    if request_id:
        event["request_id"] = request_id
    return event


def _without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    cleaned: EventDict = clean(event)
    return cleaned


def _json_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return json.dumps(event, default=str, ensure_ascii=True).replace("\x7f", "\\u007f")


def _console_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """`time level logger event name=value …`; a traceback follows indented, so that no line of it looks like ours."""
    trace = event.pop("exception", None)
    head = [str(event.pop(key, "")) for key in ("timestamp", "level", "logger", "event")]
    words = [
        head[0][11:23],
        f"{head[1]:7}",
        head[2],
        head[3],
        *(f"{key}={_shown(value)}" for key, value in event.items()),
    ]
    line = escape_controls(" ".join(words))
    if trace:
        line += "".join(f"\n    {escape_controls(part)}" for part in str(trace).split("\n"))
    return line


def _shown(value: Any) -> str:
    text = str(value)
    return repr(text) if " " in text or not text else text
