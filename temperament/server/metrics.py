"""What Prometheus is told: requests, how long they took, what was read; never a word of a message."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from temperament import __version__

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The counters of one service."""

    def __init__(self) -> None:
        """Make them, all at zero, in a registry of their own."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "temperament_requests", "Requests by path and status.", ("path", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "temperament_request_seconds",
            "Seconds from the request to the end of the answer.",
            ("path",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.running = Gauge("temperament_requests_running", "Requests under way.", registry=self.registry)
        self.live = Gauge("temperament_conversations", "Live conversations in memory.", registry=self.registry)
        self.feedback = Counter("temperament_feedback", "Feedback by verdict.", ("verdict",), registry=self.registry)
        self._info = Gauge("temperament_info", "Version and model.", ("version", "model"), registry=self.registry)
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def model(self, name: str) -> None:
        """Note which model answers."""
        self._info.labels(__version__, name).set(1)

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count one request; ``path`` is the route's, so that the number of series stays small."""
        key = (path, status)
        if key not in self._known:
            self._known[key] = (self._requests.labels(path, str(status)), self._seconds.labels(path))
        count, histogram = self._known[key]
        count.inc()
        histogram.observe(seconds)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)
