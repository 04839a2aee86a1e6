"""What the windows count, for Prometheus: ``/metrics`` on the staff site shows them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from kvit.web.job_figures import JobFigures
from kvit.web.notice_figures import NoticeFigures
from kvit.web.station_figures import StationFigures


class Figures:
    """Counters of both sites. ``registry`` may hold the figures of other rooms, too; a registry takes one ``Figures``."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.seconds = Histogram(
            "kvit_web_seconds", "Time from a request to its answer", ["site"], registry=self.registry
        )
        self.link_misses = Counter(
            "kvit_link_misses", "Public links asked for that do not exist", registry=self.registry
        )
        self.link_alarms = Counter(
            "kvit_link_alarms", "Minutes in which links were being guessed", registry=self.registry
        )
        self.link_limited = Counter("kvit_link_limited", "Link requests over the rate limit", registry=self.registry)
        self.live_pages = Gauge("kvit_live_pages", "Live pages that listen now", registry=self.registry)
        self.watching = Gauge("kvit_watching_pages", "Staff pages that listen for changes now", registry=self.registry)
        self.jobs = JobFigures(self.registry)
        self.notices = NoticeFigures(self.registry)
        self.station = StationFigures(self.registry)
