"""Who may ask, and how often."""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Iterable

from temperament.server.problems import Problem

_MOST_CALLERS = 50_000


class Keys:
    """The accepted API keys; what is compared are their digests, so that time tells nothing."""

    def __init__(self, keys: Iterable[str]) -> None:
        """Take the keys; without any, everybody may ask."""
        self._digests = frozenset(_digest(key.encode()) for key in keys)

    def caller(self, authorization: bytes, key: bytes) -> bytes | None:
        """Return who asks, by the digest of the key; ``None`` where no key is needed; raises ``Problem``."""
        if not self._digests:
            return None
        scheme, _, token = authorization.partition(b" ")
        asked = _digest(token.strip() if scheme.lower() == b"bearer" else key.strip())
        if asked not in self._digests:
            raise Problem("unauthorized")
        return asked


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


class Rate:
    """A bucket of tokens for each caller: ``rate`` a second come in, twice that many fit, a request takes one."""

    def __init__(self, rate: float) -> None:
        """Take the rate; 0 sets no limit."""
        self.rate, self.most = rate, max(2 * rate, 1.0)
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def take(self, caller: bytes) -> None:
        """Take a token; raises ``Problem`` saying when to come again where none is left."""
        if not self.rate:
            return
        now = time.monotonic()
        tokens, at = self._buckets.pop(caller, (self.most, now))
        tokens = min(self.most, tokens + (now - at) * self.rate)
        self._buckets[caller] = (tokens - 1 if tokens >= 1 else tokens, now)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        if tokens < 1:
            wait = math.ceil((1 - tokens) / self.rate)
            raise Problem("too_many", wait, retry=wait)
