"""The event stream and repeated requests, against a server of their own: what is described is what comes over the wire."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema", reason="needs jsonschema: pip install -e '.[dev]'")

import jsonschema

from temperament.server.bodies import Conversation, Turn
from temperament.server.live import HEARTBEAT, MOST_LISTENERS, Conversations, events
from temperament.server.problems import Problem
from temperament.server.repeats import LONGEST_KEY, MOST_BYTES, MOST_KEYS, Repeats, key_of
from temperament.server.work import Done

LATE = "说好三天到，第九天了！打电话没人接，到底管不管？！"
SIDES = (
    ("customer", LATE, "10:00"),
    ("agent", "您先冷静一下，我两小时内回您电话。", "10:05"),
    ("系统", "会话已转接", ""),
)
TURNS = [{"speaker": who, "text": text, "time": at} for who, text, at in SIDES]


class Serving:
    """``temperament serve`` in a process of its own."""

    def __init__(self, folder):
        """Start it and wait for its address."""
        command = [sys.executable, "-m", "temperament", "serve", "--port", "0", "--workers", "0", "--rate", "0"]
        self.log = folder / "log.txt"
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"OMP_NUM_THREADS": "1"})
        self.url = self._address()
        self.port = int(self.url.rsplit(":", 1)[1])

    def _address(self):
        for _ in range(600):
            found = re.search(r"(http://[\d.]+:\d+)", self.log.read_text(encoding="utf-8"))
            if found:
                return found[1]
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def ask(self, method, path, body=None, **headers):
        """Ask for something; returns status, headers and body."""
        data = None if body is None else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"content-type": "application/json"}
        asked = urllib.request.Request(self.url + path, data, sent, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.headers, refused.read()

    def make(self, *turns):
        """Make a live conversation and return the addresses of it."""
        status, _, body = self.ask("POST", "/v1/conversations", {"live": True, "turns": turns})
        assert status == 201
        return json.loads(body)

    def say(self, made, *turns, **headers):
        """Add turns; returns status, headers and the answer."""
        status, answered, body = self.ask("POST", made["turns"], {"turns": turns}, **headers)
        return status, answered, json.loads(body)

    def turns(self, made):
        """Return the texts of all turns."""
        return [one["text"] for one in json.loads(self.ask("GET", f"/v1/conversations/{made['id']}")[2])["turns"]]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One service for all tests here that do not stop it."""
    one = Serving(tmp_path_factory.mktemp("events"))
    yield one
    one.process.terminate()
    assert one.process.wait(40) == 0


class Stream:
    """One listener on a socket of its own, so that it can be slow, and go away without a word."""

    def __init__(self, server, path, buffer=None, method="GET", **headers):
        """Ask for the stream and read the head of the answer."""
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", server.port))
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.rest = b""
        head = self._until(b"\r\n\r\n").decode().split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}

    def _until(self, sign):
        while sign not in self.rest:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError
            self.rest += more
        found, _, self.rest = self.rest.partition(sign)
        return found

    def events(self):
        """Yield blocks of lines as dictionaries, comments as ``{"": …}``, until the stream ends."""
        text = b""
        while size := int(self._until(b"\r\n"), 16):
            while len(self.rest) < size + 2:
                self.rest += self.socket.recv(65536)
            text += self.rest[:size]
            self.rest = self.rest[size + 2 :]
            *blocks, text = text.split(b"\n\n")
            for block in blocks:
                pairs = [line.partition(":") for line in block.decode().split("\n")]
                yield {name: value.removeprefix(" ") for name, _, value in pairs}
        assert text == b""

    def take(self, wanted):
        """Return the next events, comments left out."""
        found = []
        for one in self.events():
            if "event" in one:
                found.append(one)
                if len(found) == wanted:
                    break
        return found

    def close(self, *, rudely=False):
        """Hang up; rudely, with a reset."""
        if rudely:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.socket.close()


@contextlib.contextmanager
def listening(server, path, **options):
    """Listen, and hang up at the end."""
    one = Stream(server, path, **options)
    try:
        yield one
    finally:
        one.close()


@pytest.fixture(scope="module")
def described(server):
    """A function that finds what is wrong with an event, and with the JSON in it, by the description."""
    whole = json.loads(server.ask("GET", "/openapi.json")[2])
    stream = whole["paths"]["/v1/conversations/{id}/events"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    kinds = {kind["properties"]["event"]["const"]: kind for kind in whole["components"]["schemas"]["Event"]["oneOf"]}

    def wrong(schema, value):
        whole_schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | whole | schema
        return [error.message for error in jsonschema.Draft202012Validator(whole_schema).iter_errors(value)]

    def faults(event):
        data = kinds[event["event"]]["properties"]["data"]
        assert data["contentMediaType"] == "application/json"
        return wrong(stream["schema"], event) + wrong(data["contentSchema"], json.loads(event["data"]))

    return faults


def test_the_stream_is_what_its_description_says(server, described):
    """Content type, names of events, ids, the shape of the data of each; turns of all three sides; the end."""
    made = server.make(TURNS[0])
    with listening(server, made["events"]) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        found = stream.take(2)
        for turn in TURNS[1:]:
            assert server.say(made, turn)[0] == 200
            found += stream.take(2)
        assert server.ask("DELETE", f"/v1/conversations/{made['id']}")[0] == 204
        began = time.monotonic()
        found += stream.take(1)
        assert time.monotonic() - began < HEARTBEAT / 2
        assert list(stream.events()) == []
    assert [one["event"] for one in found] == ["turn", "conversation"] * 3 + ["end"]
    assert [one.get("id") for one in found] == ["1", None, "2", None, "3", None, None]
    for one in found:
        assert described(one) == []
    read = [json.loads(one["data"]) for one in found if one["event"] == "turn"]
    assert [one["speaker"] for one in read] == ["customer", "agent", "other"]
    assert read[0]["evidence"]
    assert read[1]["findings"]
    assert read[1]["trust"]


@pytest.mark.parametrize("event", ["turn", "conversation", "end"])
def test_the_shapes_of_events_refuse_what_is_none(described, event):
    """A check that lets everything through would show nothing."""
    good = {"turn": {"number": 1, "speaker": "other", "name": "", "time": "", "text": ""}, "end": {}}.get(event)
    one = {"event": event, "data": json.dumps(good)} | ({"id": "1"} if event == "turn" else {})
    assert (described(one) == []) is (good is not None)
    assert described(one | {"data": '{"number": "1", "speaker": "customer"}'})
    assert described(one | {"data": "[]"})
    assert described(one | {"id": "one"})
    assert described(one | {"more": ""})


def test_answers_about_conversations_have_their_shape(server):
    """The whole conversation and what adding turns answers, by the same shapes."""
    made = server.make()
    whole = json.loads(server.ask("GET", "/openapi.json")[2])
    schema = {"components": whole["components"], "$ref": "#/components/schemas/ConversationAnswer"}
    checker = jsonschema.Draft202012Validator(schema)
    assert list(checker.iter_errors(server.say(made, *TURNS)[2])) == []
    now = json.loads(server.ask("GET", f"/v1/conversations/{made['id']}")[2])
    assert list(checker.iter_errors(now)) == []
    assert list(checker.iter_errors(now | {"state": "furious"}))


@pytest.mark.parametrize(
    ("headers", "query", "first"),
    [
        ({}, "", "1"),
        ({"Last_Event_ID": "2"}, "", "3"),
        ({}, "?after=1", "2"),
        ({"Last_Event_ID": "2"}, "?after=1", "3"),
        ({"Last_Event_ID": "3"}, "", None),
        ({"Last_Event_ID": "999"}, "", None),
        ({"Last_Event_ID": "-1"}, "", "1"),
        ({"Last_Event_ID": "two"}, "", "1"),
        ({"Last_Event_ID": "9" * 400}, "", "1"),
        ({}, "?after=%F0%9F%98%A1", "1"),
    ],
)
def test_a_listener_who_comes_back_gets_what_is_new(server, headers, query, first):
    """By the last id it has seen; an odd one counts as none."""
    made = server.make(*TURNS)
    with listening(server, made["events"] + query, **headers) as stream:
        began = stream.take(1)[0]
    assert (began["event"], began.get("id")) == (("turn", first) if first else ("conversation", None))


def test_listeners_that_go_away_leave_their_places(server):
    """With a word or without; as many as there may be, one more is told when to come again."""
    made = server.make()
    for rudely in (False, True):
        streams = [Stream(server, made["events"]) for _ in range(MOST_LISTENERS)]
        for one in streams:
            next(one.events())
        status, headers, body = server.ask("GET", made["events"])
        assert (status, json.loads(body)["error"]["code"]) == (429, "too_many")
        assert int(headers["retry-after"]) >= 1
        for one in streams:
            one.close(rudely=rudely)
        assert _soon(lambda: _admitted(server, made["events"]))
    assert server.say(made, TURNS[0])[0] == 200


def _admitted(server, path):
    with listening(server, path) as one:
        return one.status == 200


def _soon(true, seconds=5.0):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def test_asking_for_the_head_alone_does_not_listen(server):
    """HEAD ends at once, takes no place, and leaves its connection free."""
    made = server.make()
    with contextlib.ExitStack() as open_ones:
        for _ in range(MOST_LISTENERS + 1):
            one = open_ones.enter_context(listening(server, made["events"], method="HEAD"))
            assert one.status == 200
            assert one.headers["content-type"].startswith("text/event-stream")
        one.socket.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert one._until(b"\r\n") == b"HTTP/1.1 200 OK"
        assert server.ask("HEAD", "/v1/conversations/none/events")[0] == 404


def test_a_slow_listener_holds_nobody_up_and_loses_nothing(server):
    """It reads nothing while far more comes than its buffers hold; others get all at once, and it gets all in the end."""
    made = server.make()
    many, long = 40, "到底管不管" * 3000
    with listening(server, made["events"], buffer=4096) as slow, listening(server, made["events"]) as quick:
        heard = []
        thread = threading.Thread(target=lambda: heard.extend(_turns_of(quick, many)))
        thread.start()
        for start in range(0, many, 10):
            turns = [{"speaker": "other", "text": f"{number} {long[:4900]}"} for number in range(start, start + 10)]
            assert server.say(made, *turns)[0] == 200
        thread.join(30)
        assert heard == list(range(1, many + 1))
        assert _turns_of(slow, many) == list(range(1, many + 1))


def test_a_listener_that_takes_nothing_costs_nothing():
    """What comes meanwhile is not queued for it: then it gets every turn once, and what they add up to now, once."""

    async def slowly():
        kept = Conversations(1, 60.0)
        one = kept.make(Conversation(live=True))
        stream = events(one, kept, 0)
        began = await anext(stream)
        turns, said = (), ()
        for number in range(1, 301):
            turns, said = (*turns, Turn(speaker="other", text="")), (*said, b'{"number":%d}' % number)
            await one.update(turns, Done(b'{"turns":%d}' % number, turns=said))
        found = [await anext(stream) for _ in range(301)]
        await kept.drop(one.id)
        return began, found, [piece async for piece in stream], one.listeners

    began, found, end, listeners = asyncio.run(slowly())
    assert began.startswith(b":")
    assert [json.loads(piece.split(b"data: ")[1])["number"] for piece in found[:-1]] == list(range(1, 301))
    assert found[-1] == b'event: conversation\ndata: {"turns":300}\n\n'
    assert [piece for piece in end if piece] == [b"event: end\ndata: {}\n\n"]
    assert listeners == 0


def _turns_of(stream, many):
    numbers = []
    for one in stream.events():
        if one.get("event") == "turn":
            numbers.append(int(one["id"]))
            if len(numbers) == many:
                break
    return numbers


def test_streams_end_when_the_server_stops(tmp_path):
    """With the event that says so, and soon."""
    one = Serving(tmp_path)
    made = one.make(TURNS[0])
    with listening(one, made["events"]) as stream:
        assert [event["event"] for event in stream.take(2)] == ["turn", "conversation"]
        began = time.monotonic()
        one.process.send_signal(signal.SIGTERM)
        assert [event["event"] for event in stream.events() if "event" in event] == ["end"]
        assert time.monotonic() - began < HEARTBEAT / 2
        assert one.process.wait(40) == 0


def test_a_retry_after_a_lost_answer_adds_nothing(server):
    """The client hangs up before the answer comes; the same key again gets the answer that was lost."""
    made, key = server.make(), str(uuid.uuid4())
    body = json.dumps({"turns": [TURNS[0]]}).encode()
    head = f"POST {made['turns']} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as lost:
        lost.sendall(f"{head}Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    assert _soon(lambda: server.turns(made) == [LATE])
    status, headers, again = server.say(made, TURNS[0], Idempotency_Key=key)
    assert (status, headers["Idempotency-Replayed"]) == (200, "true")
    assert [one["number"] for one in again["turns"]] == [1]
    assert server.turns(made) == [LATE]


def test_the_same_key_gets_the_same_answer(server):
    """Byte for byte, though others have spoken since; without a key, or with another, turns are added."""
    made = server.make()
    asked = ("POST", made["turns"], {"turns": [TURNS[0]]})
    first = server.ask(*asked, Idempotency_Key="a")
    assert "Idempotency-Replayed" not in first[1]
    server.say(made, TURNS[1])
    again = server.ask(*asked, Idempotency_Key="a")
    assert (again[0], again[2]) == (200, first[2])
    for headers in ({}, {}, {"Idempotency_Key": "b"}):
        assert server.say(made, TURNS[0], **headers)[0] == 200
    assert len(server.turns(made)) == 5
    other = server.make()
    assert "Idempotency-Replayed" not in server.ask("POST", other["turns"], asked[2], Idempotency_Key="a")[1]


def test_a_key_with_another_body_is_refused(server):
    """Whatever differs: words, speaker, number of turns; a body written otherwise is the same one."""
    made = server.make()
    assert server.say(made, TURNS[0], Idempotency_Key="a")[0] == 200
    for turns in ([TURNS[1]], [TURNS[0] | {"speaker": "agent"}], [TURNS[0], TURNS[0]], [TURNS[0] | {"time": ""}]):
        status, _, body = server.say(made, *turns, Idempotency_Key="a")
        assert (status, body["error"]["code"]) == (422, "other_body")
    assert server.say(made, dict(reversed(TURNS[0].items())), Idempotency_Key="a")[0] == 200
    assert server.turns(made) == [LATE]


def test_a_refused_request_uses_up_no_key(server):
    """What was wrong can be put right under the same key."""
    made = server.make()
    status, _, body = server.ask("POST", made["turns"], {"turns": []}, Idempotency_Key="a")
    assert (status, json.loads(body)["error"]["code"]) == (400, "bad_request")
    assert server.say(made, TURNS[0], Idempotency_Key="a")[0] == 200


def test_one_key_many_times_at_once_adds_once(server):
    """All of them get the one answer."""
    made, found = server.make(), []
    ask = lambda: found.append(server.ask("POST", made["turns"], {"turns": TURNS}, Idempotency_Key="a"))  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert {status for status, *_ in found} == {200}
    assert len({body for *_, body in found}) == 1
    assert sum("Idempotency-Replayed" in headers for _, headers, _ in found) == 7
    assert len(server.turns(made)) == len(TURNS)


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "a" * (LONGEST_KEY + 1), "a\x7f"])
def test_odd_keys_are_refused(key):
    """Empty, with spaces, beyond ASCII, too long."""
    with pytest.raises(Problem) as refused:
        key_of(key)
    assert refused.value.status == 400


def test_keys_that_can_be_used():
    """A UUID, a quoted string as the draft writes it; none is none."""
    for key in ("a" * LONGEST_KEY, str(uuid.uuid4()), '"8e03978e-40d5-43e8-bc93-6894a57f9324"'):
        assert key_of(key) == key
    assert key_of(None) == ""


def test_what_is_remembered_is_bounded():
    """The oldest answers go, by number and by size; the latest stays however big it is."""
    kept = Repeats()
    for number in range(MOST_KEYS + 1):
        kept.keep(str(number), b"asked", b"answer")
    assert kept.answer("0", b"asked") is None
    assert kept.answer("1", b"asked") == b"answer"
    half = b"." * (MOST_BYTES // 2 + 1)
    for key in ("big", "bigger"):
        kept.keep(key, b"asked", half)
    assert kept.answer("big", b"asked") is None
    assert kept.answer("bigger", b"asked") == half
    kept.keep("huge", b"asked", half * 3)
    assert kept.answer("bigger", b"asked") is None
    assert kept.answer("huge", b"asked") == half * 3


def test_pages_of_the_log_hold_no_error(server):
    """Clients that went away are no reason for a traceback."""
    assert "Traceback" not in Path(server.log).read_text(encoding="utf-8")
