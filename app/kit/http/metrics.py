"""Request counts and durations for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector


class RequestMetrics(Collector):
    """Counts and durations of the requests to one process, by method and status.

    Plain sums, as the histograms of the library cost as much as a small response.
    """

    def __init__(self) -> None:
        self._sums: dict[tuple[str, int], list[float]] = {}

    def record(self, method: str, status: int, started: float) -> None:
        """Record a finished request that started at `started`, a value of `perf_counter`."""
        sums = self._sums.setdefault((method, status), [0, 0.0])
        sums[0] += 1
        sums[1] += perf_counter() - started

    def collect(self) -> Iterator[Metric]:
        """Returns the sums as metrics of the library."""
        labels = ["method", "status"]
        requests = CounterMetricFamily(
            "parley_requests", "Requests answered by this process.", labels=labels
        )
        seconds = CounterMetricFamily(
            "parley_request_seconds",
            "Time from the arrival of a request to the end of the response.",
            labels=labels,
        )
        for (method, status), (count, time) in sorted(self._sums.items()):
            requests.add_metric([method, str(status)], count)
            seconds.add_metric([method, str(status)], time)
        yield requests
        yield seconds
