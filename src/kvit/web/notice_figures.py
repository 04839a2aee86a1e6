"""Figures of messages for Prometheus: how the tries ended, what waits, which ways are shut, where many texts go.

Tries are counted as they end, by the worker; what stands now is read from the queue when ``/metrics`` is asked. No
label holds an address: a prefix is country and network, a lane is a kind or ``hook``.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from kvit.notify.model import Kind, Verdict

SECONDS: Final = (0.05, 0.2, 0.5, 1, 2, 5, 10, 30, 120)


class NoticeFigures:
    """The metrics."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.tries = Counter(
            "kvit_notify_tries", "Tries to send a message, by how they ended", ["kind", "verdict"], registry=registry
        )
        self.seconds = Histogram(
            "kvit_notify_seconds", "How long a try took", ["kind"], buckets=SECONDS, registry=registry
        )
        self.waiting = Gauge("kvit_notify_waiting", "Messages not sent yet", ["kind"], registry=registry)
        self.unknown = Gauge("kvit_notify_unknown", "Today's messages nobody knows about", ["kind"], registry=registry)
        self.oldest = Gauge("kvit_notify_oldest_seconds", "Age of the oldest that waits", ["kind"], registry=registry)
        self.shut = Gauge("kvit_notify_shut", "Ways that are shut by faults", ["kind"], registry=registry)
        self.prefixes = Gauge(
            "kvit_notify_prefix_alarms",
            "Beginnings of numbers over the budget of today",
            registry=registry,
        )

    def tried(self, kind: Kind, verdict: Verdict, seconds: float) -> None:
        """Count a try that ended (`kvit.notify.worker.Seen`)."""
        self.tries.labels(kind.value, verdict.value).inc()
        self.seconds.labels(kind.value).observe(seconds)

    def stand(
        self, counts: Sequence[tuple[str, str, int]], oldest: Sequence[tuple[str, int]], shut: Sequence[str], prefixes: int,
        now_ms: int,
    ) -> None:  # fmt: skip
        """Show how the queue stands."""
        by_state: Tally[tuple[str, str]] = Tally()
        for kind, state, count in counts:
            by_state[kind, "waiting" if state == "sending" else state] += count
        ages, lanes = dict(oldest), Tally(lane.partition(":")[0] for lane in shut)
        for each in Kind:
            self.waiting.labels(each.value).set(by_state[each.value, "waiting"])
            self.unknown.labels(each.value).set(by_state[each.value, "unknown"])
            self.oldest.labels(each.value).set((now_ms - ages[each.value]) / 1000 if each.value in ages else 0)
            self.shut.labels(each.value).set(lanes[each.value])
        self.prefixes.set(prefixes)
