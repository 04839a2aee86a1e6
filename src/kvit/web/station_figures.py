"""What the station counts, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

from kvit.counter.model import Routed


class StationFigures:
    """Counters of receipts routed since the process began; the books have the whole (`kvit.counter.service.share`)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.receipts = Counter(
            "kvit_receipts_routed",
            "Receipts decided about, by where they went and why",
            ["to", "why"],
            registry=registry,
        )
        self.held = Gauge("kvit_papers_held", "Papers that wait for somebody to claim their receipt", registry=registry)
        self.saved_mm = Counter("kvit_paper_saved_millimetres", "Paper that was not printed", registry=registry)
        self.printed_mm = Counter("kvit_paper_printed_millimetres", "Paper of routed receipts", registry=registry)
        self.electronic = Counter("kvit_receipts_electronic", "Receipts that went to a phone", registry=registry)
        self.taken_back = Counter("kvit_receipts_taken_back", "Receipts staff took back", registry=registry)

    def routed(self, route: Routed) -> None:
        """Count a receipt that is as it came out; one claimed afterwards is counted again, as ``after``."""
        to = "both" if route.paper and route.electronic else "paper" if route.paper else "electronic"
        self.receipts.labels(to, route.why).inc()
        if route.electronic:
            self.electronic.inc()
        if route.why != "after":
            (self.printed_mm if route.paper else self.saved_mm).inc(route.paper_mm)
