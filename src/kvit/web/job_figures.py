"""Figures of printing for Prometheus: gauges of how things stand, counters of what the histories say since the start.

The counters are read from the jobs' histories when ``/metrics`` is asked, so they say what is durable, and nothing
is counted on the way of a job. A line is counted once it is `SETTLED_MS` old: by then its transaction is over. Labels
are bounded: the shop's printers by name, up to `PRINTERS_MAX`, any other as ``other``.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from kvit.device.board import Light
from kvit.device.spool.model import Event, State
from kvit.device.spool.tally import Happened, Queue

PRINTERS_MAX: Final = 200
OTHER: Final = "other"
SETTLED_MS: Final = 2_000
ENDS: Final = frozenset({State.PRINTED, State.SENT, State.UNKNOWN, State.EXPIRED, State.CANCELLED})
ANSWERS: Final = {
    Event.PERSON_YES: "person_yes", Event.PERSON_NO: "person_no", Event.NO_ANSWER: "nobody", Event.CANCELLED: "cancelled",
    Event.DEADLINE: "deadline", Event.REPRINT: "reprint",
}  # fmt: skip
"""Who answered for an unknown job; what is not here was the printer's own late word."""
SECONDS: Final = (0.5, 1, 2, 5, 10, 20, 60, 300, 1800, 7200)


class JobFigures:
    """The metrics, and how far the histories were read."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.since_ms = 0
        """Lines from here on are not counted yet; 0: nobody said where to begin."""
        named = ["printer"]
        self.waiting = Gauge(
            "kvit_queue_jobs", "Jobs still to come out of a printer", ["printer", "state"], registry=registry
        )
        self.oldest = Gauge("kvit_queue_oldest_seconds", "Age of the oldest job that waits", named, registry=registry)
        self.asking = Gauge(
            "kvit_jobs_asked_about", "Papers nobody knows about and nobody answered for", named, registry=registry
        )
        self.up = Gauge(
            "kvit_printer_up", "1: the printer can print, 0: it can not, as far as is known", named, registry=registry
        )
        self.seen = Gauge("kvit_printer_seen_seconds", "Since the printer last said anything", named, registry=registry)
        self.ends = Counter("kvit_jobs_ended", "How jobs ended", ["printer", "state", "evidence"], registry=registry)
        self.attempts = Counter("kvit_job_attempts", "Sendings begun", named, registry=registry)
        self.answers = Counter("kvit_unknown_answered", "Who answered for unknown jobs", ["by"], registry=registry)
        self.seconds = Histogram(
            "kvit_delivery_seconds",
            "From accepted to printed or handed over",
            ["state"],
            buckets=SECONDS,
            registry=registry,
        )

    def stands(self, printers: list[str], queues: dict[str, Queue], lights: dict[str, Light], now_ms: int) -> None:
        """Show how things stand now; printers that went are forgotten."""
        gauges = (self.waiting, self.oldest, self.asking, self.up, self.seen)
        for gauge in gauges:
            gauge.clear()
        for name in printers[:PRINTERS_MAX]:
            queue, light = queues.get(name, Queue()), lights.get(name, Light(name))
            for state in ("waiting", "blocked", "flying"):
                self.waiting.labels(name, state).set(getattr(queue, state))
            self.oldest.labels(name).set((now_ms - queue.oldest_ms) / 1000 if queue.oldest_ms else 0)
            self.asking.labels(name).set(queue.asking)
            self.up.labels(name).set(int(light.link == "up" and not light.trouble))
            if light.seen_ms:
                self.seen.labels(name).set((now_ms - light.seen_ms) / 1000)

    def count(self, lines: list[Happened], printers: set[str]) -> None:
        """Count lines of histories."""
        for line in lines:
            name = line.printer if line.printer in printers else OTHER
            if line.event is Event.BEGUN:
                self.attempts.labels(name).inc()
            if line.before is State.UNKNOWN and (line.event in ANSWERS or line.after is not State.UNKNOWN):
                self.answers.labels(ANSWERS.get(line.event, "printer")).inc()
            if line.after in ENDS and line.before is not line.after:
                self.ends.labels(name, line.after.value, line.evidence.value if line.evidence else "").inc()
            if line.after in (State.PRINTED, State.SENT) and line.before is not line.after:
                self.seconds.labels(line.after.value).observe((line.at_ms - line.accepted_ms) / 1000)
