"""The log: one JSON line an event on standard error, control characters escaped, no names, no phones, no receipts."""

from __future__ import annotations

import sys
from collections.abc import Callable

import structlog

Log = Callable[[str, dict[str, object]], None]


def make_log(process: str) -> Log:
    """Return the function every room is given: ``log(event, values)``."""
    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logger = structlog.get_logger(process=process)

    def log(event: str, values: dict[str, object]) -> None:
        logger.info(event, **{key: value for key, value in values.items() if key != "event"})

    return log
