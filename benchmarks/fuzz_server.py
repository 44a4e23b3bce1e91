"""Send 10,000 odd bodies to a running service: every one must be answered, none with a 5xx.

    python benchmarks/fuzz_server.py --count 10000 --seed 1

A third are bodies of the right shape with odd words, a third with odd values in the place of any field, a third with
bytes changed, put in or taken out: wrong types, huge numbers, deep nesting, half surrogates, control characters, other encodings.
"""

import argparse
import json
import random
import sys
import threading
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))
from load import start

LATE = "说好三天到，第九天了！打电话没人接，到底管不管？！"
TURN = {"speaker": "客服", "text": "您先冷静", "time": "10:00"}
READING = {"temperament": "unclear", "state": "calm", "also": []}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/classify": {"text": LATE, "evidence": True, "advice": True, "channel": "chat", "language": "zh"},
    "/v1/classify:batch": {"texts": [LATE, "在吗"], "advice": True, "evidence": True},
    "/v1/advise": {
        "text": LATE,
        "state": "angry",
        "history": [TURN],
        "facts": {"agent": "林"},
        "tags": [],
        "group": "易怒型",
    },
    "/v1/check": {
        "reply": "您先冷静一下",
        "reading": READING,
        "disable": ["tone"],
        "allow": ["冷静"],
        "channel": "电话",
    },
    "/v1/conversations": {"turns": [TURN], "store": True, "live": False, "id": "a", "agent": "小王"},
    "/v1/feedback": {
        "text": LATE,
        "reading": READING,
        "verdict": "correct",
        "labels": {"state": "angry"},
        "reason": "x",
    },
}
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    "",
    " ",
    "\x00\x1f\x7f",
    "\ud800",
    "\udc00\ud800",
    "😀" * 500,
    "é́́́" * 200,
    "（" * 3000,
    "1" * 15000,
    "气死我了！" * 3000,
    "\u202e\u200b\ufeff",
    "=cmd|'/c'!A1",
    "'; DROP TABLE feedback; --",
    [],
    [None],
    [[]] * 50,
    {},
    {"a": {"b": {"c": []}}},
    ["angry"] * 300,
    {"speaker": "customer"},
    "愤怒",
    "鸽子",
    "zh",
    "24:61:61",
    "9999-99-99",
]
BYTES = [b"", b"\x00", b"\xff", b'"', b"\\ud800", b"\\", b"[[[[", b"NaN", b"Infinity", b"-9" * 300, "氣".encode("big5")]
WHOLE = [
    b"",
    b"null",
    b"[" * 200_000,
    b'{"text":' * 100_000,
    b"0" * 500_000,
    b'"' + b"a" * 900_000 + b'"',
    b"\xef\xbb\xbf{}",
]


def odd(random_: random.Random, body: dict[str, Any]) -> bytes:
    """Return one odd body."""
    if random_.random() < 0.01:
        return random_.choice(WHOLE)
    kind = random_.random()
    if kind < 0.3:
        return json.dumps(_with_odd_words(random_, body)).encode()
    if kind < 0.6:
        changed = dict(body)
        for _ in range(random_.randint(1, 3)):
            name = random_.choice([*changed, "x"])
            value = random_.choice(VALUES)
            changed[name] = (
                [value, value] if random_.random() < 0.2 else {name: value} if random_.random() < 0.1 else value
            )
        return json.dumps(changed).encode()
    data = bytearray(json.dumps(body, ensure_ascii=random_.random() < 0.5).encode())
    for _ in range(random_.randint(1, 6)):
        at = random_.randrange(len(data) + 1)
        data[at : at + random_.choice([0, 0, 1, 3, 20])] = random_.choice(BYTES)
    return bytes(data)


def _with_odd_words(random_: random.Random, value: Any) -> Any:
    """Return a body of the right shape in which some of the words are odd ones."""
    if isinstance(value, dict):
        return {name: _with_odd_words(random_, one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_odd_words(random_, one) for one in value] * random_.choice([1, 1, 3])
    odd_words = [one for one in VALUES if isinstance(one, str)]
    return random_.choice(odd_words) if value == LATE or (isinstance(value, str) and len(value) > 4) else value


def send(address: str, count: int, seed: int, found: "Counter[str]", bad: list[str]) -> None:
    """Send bodies over one connection and count the answers."""
    random_ = random.Random(seed)
    web = HTTPConnection(urlsplit(address).netloc, timeout=60)
    for _ in range(count):
        path = random_.choice(list(BODIES))
        body = odd(random_, BODIES[path])
        try:
            web.request("POST", path, body, {"content-type": "application/json"})
            answer = web.getresponse()
            said = answer.read()
            json.loads(said)
            found[f"{answer.status}"] += 1
            if answer.status >= 500:
                bad.append(f"{answer.status} {path} {body[:200]!r} {said[:200]!r}")
        except (OSError, HTTPException, ValueError) as error:
            found["lost"] += 1
            bad.append(f"lost {path} {body[:200]!r} {error!r}")
            web.close()


def main() -> int:
    """Start a server, send everything, print what came back."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    process, address = start(1, "default")
    found: Counter[str] = Counter()
    bad: list[str] = []
    try:
        threads = [
            threading.Thread(
                target=send, args=(address, options.count // options.threads, options.seed * 1000 + n, found, bad)
            )
            for n in range(options.threads)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    finally:
        process.terminate()
        code = process.wait(60)
    print(f"{sum(found.values())} bodies: {dict(sorted(found.items()))}; the server ended with {code}")
    print("\n".join(bad[:20]))
    return 1 if bad or code else 0


if __name__ == "__main__":
    sys.exit(main())
