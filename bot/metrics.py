"""What /metrics tells Prometheus: numbers of deliveries, messages and jobs; no text, no names, no ids."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from storage.db import Database
from storage.figures import Figures, get_figures
from storage.jobs import STATES as JOB_STATES
from storage.outbox import STATES as OUTBOX_STATES

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

ACK_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 3.0)  # Slack waits for 3


class Metrics:
    """The counters of this process; with several processes they are kept in shared files and added up (`shared`)."""

    def __init__(self, *, shared: bool = False) -> None:
        # Imported here: it decides at import, after gunicorn has set the environment, where its numbers live.
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._shared = shared
        self._registry = CollectorRegistry()
        self._deliveries = Counter(
            "groundswell_deliveries",
            "Deliveries from Slack, by kind and by what became of them.",
            ["kind", "outcome"],
            registry=self._registry,
        )
        self._refused = Counter(
            "groundswell_refused", "Requests that the guard refused, by reason.", ["reason"], registry=self._registry
        )
        self._seconds = Histogram(
            "groundswell_ack_seconds",
            "Seconds from a delivery to its answer.",
            ["kind"],
            buckets=ACK_SECONDS,
            registry=self._registry,
        )

    def taken(self, kind: str, outcome: str, seconds: float) -> None:
        """A delivery was answered."""
        self._deliveries.labels(kind, outcome).inc()
        self._seconds.labels(kind).observe(seconds)

    def refused(self, reason: str) -> None:
        """The guard let a request come no further."""
        self._refused.labels(reason).inc()

    def page(self, db: Database, *, team_id: str, now: datetime) -> bytes:
        """The page in Prometheus' text format; `now` is the product's time."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = self._registry
        if self._shared:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        with db.read() as session:
            figures = get_figures(session, team_id=team_id)
        rows = CollectorRegistry()
        rows.register(_Rows(figures, now))
        return generate_latest(registry) + generate_latest(rows)


class _Rows:
    """What the tables say, at the moment of asking."""

    def __init__(self, figures: Figures, now: datetime) -> None:
        self._figures, self._now = figures, now

    def collect(self) -> Iterator["Metric"]:
        """The gauges."""
        from prometheus_client.metrics_core import GaugeMetricFamily

        figures = self._figures
        for name, states, found in (("outbox", OUTBOX_STATES, figures.outbox), ("jobs", JOB_STATES, figures.jobs)):
            gauge = GaugeMetricFamily(f"groundswell_{name}", f"Rows of the {name} table, by state.", labels=["state"])
            for state in states:
                gauge.add_metric([state], found.get(state, 0))
            yield gauge
        oldest = figures.oldest_pending_at
        age = max(0.0, (self._now - oldest).total_seconds()) if oldest else 0.0
        yield GaugeMetricFamily(
            "groundswell_outbox_oldest_pending_seconds", "Age of the oldest message that waits.", value=age
        )
        if figures.ticked_at is not None:
            ticked = (datetime.now(UTC) - figures.ticked_at).total_seconds()
            yield GaugeMetricFamily("groundswell_clock_age_seconds", "Seconds since the clock ticked.", value=ticked)
