"""The service: every address, limits, keys, what is stored, odd bodies, a restart, a graceful end."""

import asyncio
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("prometheus_client")
pytest.importorskip("httpx2")

import openpyxl
from starlette.testclient import TestClient

import temperament as tm
from temperament import playbook
from temperament.datasets import table_bytes
from temperament.errors import InputError, UsageError
from temperament.labelling.exporting import export
from temperament.labelling.store import Label
from temperament.masking import Masker
from temperament.render.jsonl import conversation_json, findings_json, json_line, reading_json
from temperament.server import api
from temperament.server import store as store_module
from temperament.server.app import build
from temperament.server.bodies import (
    LONGEST_TEXT,
    LONGEST_TRANSCRIPT,
    MOST_TEXTS,
    MOST_TURNS,
    Classify,
    Conversation,
    Turn,
)
from temperament.server.live import Live, grown
from temperament.server.pool import Pool
from temperament.server.problems import Problem, language_of
from temperament.server.settings import LOOPBACK, Settings, check_exposure, read_keys
from temperament.server.store import Store
from temperament.server.work import Done

LATE = "说好三天到，第九天了！打电话没人接，到底管不管？！"
PRIVATE = "我叫李小明，电话13800138000，气死我了！我要打12315投诉！"
KEY = "a-key-that-is-long-enough"


def service(**options):
    """Return a client of a service with these settings."""
    return TestClient(build(Settings(**options)), base_url="http://localhost")


@pytest.fixture(scope="module")
def client():
    """A service without limits that keeps everything in memory."""
    with service(hosts=tuple(LOOPBACK)) as one:
        yield one


def error_of(answer, status, code):
    """Check the shape of an error and return its sentence in the language asked for."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"] in {error["zh"], error["en"]}
    assert re.search("[一-龥]", error["zh"])
    assert not re.search("[一-龥]", error["en"])
    return error["message"]


def test_classify_is_the_contract(client):
    """The same JSON as ``classify --format json``, evidence and advice as asked for."""
    reading = tm.classify(LATE)
    advice = tm.recommend(reading, "chat", language="zh")
    whole = client.post("/v1/classify", json={"text": LATE, "channel": "chat"})
    assert whole.status_code == 200
    assert whole.json() == json.loads(json_line(reading_json(reading, advice)))
    assert whole.json()["evidence"]
    bare = client.post("/v1/classify", json={"text": LATE, "evidence": False, "advice": False}).json()
    assert bare["evidence"] == []
    assert "advice" not in bare
    assert bare["state_probabilities"] == whole.json()["state_probabilities"]


def test_classify_speaks_the_language_asked_for(client):
    """The language of advice is the body's."""
    english = client.post("/v1/classify", json={"text": LATE, "language": "en"}).json()["advice"]["principle"]["text"]
    assert not re.search("[一-龥]", english)


def test_batch_keeps_the_order(client):
    """Many messages, empty and odd ones too, in the order they came."""
    texts = [LATE, "", "请问有货吗", "🙂", "hello there"]
    found = client.post("/v1/classify:batch", json={"texts": texts}).json()["readings"]
    assert found == [json.loads(json_line(reading_json(one))) for one in tm.classify_many(texts)]
    assert client.post("/v1/classify:batch", json={"texts": []}).json() == {"readings": []}


def test_advise_by_labels_and_by_words(client):
    """Labels, a reading, or words; history moves the present step; Chinese names will do."""
    turns = [{"speaker": "客户", "text": LATE}, {"speaker": "客服", "text": "您说，我在听，都记下了。"}]
    asked = {"state": "愤怒", "temperament": "孙悟空", "channel": "电话", "history": turns, "facts": {"agent": "小林"}}
    found = client.post("/v1/advise", json=asked).json()
    view = tm.guide(turns, tm.Reading.of("choleric", "angry"), channel="phone", facts={"agent": "小林"}, language="zh")
    assert found["advice"]["principle"]["text"] == view.advice.principle.text
    assert found["advice"]["present"] == view.advice.present
    assert [one["stage"] for one in found["guide"]["stages"]] == [one.stage for one in view.stages]
    assert "advice" not in found["guide"]
    by_words = client.post("/v1/advise", json={"history": turns}).json()
    assert by_words["reading"]["text"] == LATE
    reading = client.post("/v1/classify", json={"text": LATE}).json()
    again = client.post("/v1/advise", json={"reading": reading}).json()
    assert again["advice"]["state"] == reading["state"]


def test_check_is_the_contract(client):
    """The same JSON as ``check --format json``, given a state, a reading, or nothing."""
    reply = "您先冷静一下，这是公司规定。"
    reading = tm.Reading.of(state="angry")
    expected = findings_json(reply, tm.check_reply(reply, reading, "chat", language="zh"))
    for who in ({"state": "angry"}, {"reading": {"state": "angry", "temperament": "unclear"}}):
        found = client.post("/v1/check", json={"reply": reply, "channel": "chat"} | who)
        assert found.json() == json.loads(json_line(expected))
    assert found.json()["findings"]
    plain = client.post("/v1/check", json={"reply": reply, "disable": ["forbidden"]}).json()["findings"]
    assert {one["kind"] for one in plain} and "forbidden" not in {one["kind"] for one in plain}


def test_a_whole_conversation_is_analysed(client):
    """The same JSON as ``transcript --format json``."""
    turns = [{"speaker": "customer", "text": LATE}, {"speaker": "agent", "text": "您先冷静一下。"}]
    found = client.post("/v1/conversations", json={"turns": turns}).json()
    assert found == json.loads(json_line(conversation_json(tm.analyze(turns, language="zh"))))
    assert [turn["speaker"] for turn in found["turns"]] == ["customer", "agent"]
    assert client.post("/v1/conversations", json={"turns": []}).json()["turns"] == []


def test_a_pasted_chat_log_is_analysed(client):
    """Plain text reads as its turns do; text without speakers, too many turns, or a live one is refused."""
    turns = [{"speaker": "customer", "text": LATE}, {"speaker": "agent", "text": "您先冷静一下。"}]
    log = f"客户：{LATE}\n客服：您先冷静一下。"
    pasted = client.post("/v1/conversations", json={"transcript": log}).json()
    assert pasted == client.post("/v1/conversations", json={"turns": turns}).json()
    more = client.post("/v1/conversations", json={"turns": turns, "transcript": log}).json()
    assert [turn["number"] for turn in more["turns"]] == [1, 2, 3, 4]
    for body in ({"transcript": LATE}, {"transcript": f"{log}\n" * MOST_TURNS}, {"transcript": log, "live": True}):
        answer = client.post("/v1/conversations", json=body)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "bad_request"


def listen(app_client, path, wanted, headers=None):
    """Read events until a number of them has come; returns (event, id, data)."""
    found = []
    with app_client.stream("GET", path, headers=headers or {}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        block = {}
        for line in answer.iter_lines():
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                block[name] = value
            elif block.get("event"):
                found.append((block["event"], block.get("id"), json.loads(block["data"])))
                block = {}
                if len(found) >= wanted:
                    break
    return found


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A real server in a process of its own with one reading process; its address and database."""
    folder = tmp_path_factory.mktemp("server")
    one = Server(folder / "store.sqlite", "--workers", "1", "--rate", "0")
    yield one
    one.stop()


class Server:
    """``temperament serve`` in a process of its own."""

    def __init__(self, db, *options):
        """Start it and wait for its address."""
        self.db = db
        self.log = (db.parent / f"log-{time.monotonic_ns()}.txt").open("w+", encoding="utf-8")
        command = [sys.executable, "-m", "temperament", "serve", "--port", "0", "--db", str(db), *options]
        own = os.environ | {"PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=own)
        self.url = self._address()

    def _address(self):
        for _ in range(600):
            found = re.search(r"(http://[\d.]+:\d+)", self.said())
            if found:
                return found[1]
            assert self.process.poll() is None, self.said()
            time.sleep(0.1)
        raise AssertionError(self.said())

    def said(self):
        """Return the log so far."""
        return Path(self.log.name).read_text(encoding="utf-8")

    def post(self, path, body, **headers):
        """Post JSON; returns the answer's."""
        data = json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, data, {"content-type": "application/json"} | headers)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def get(self, path):
        """Return the answer's body."""
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read()

    def stop(self, sign=signal.SIGTERM):
        """Tell the server to stop and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        code = self.process.wait(40)
        self.log.close()
        return code


def test_a_live_conversation_streams_its_readings(running):
    """Make one, listen, add turns: every turn comes once, then what they add up to; a late listener gets them all."""
    httpx2 = pytest.importorskip("httpx2")
    made = running.post("/v1/conversations", {"live": True, "agent": "小王"})
    heard = []
    with httpx2.Client(base_url=running.url, timeout=30) as web:
        thread = threading.Thread(target=lambda: heard.extend(listen(web, made["events"], 4)))
        thread.start()
        first = running.post(made["turns"], {"turns": [{"speaker": "customer", "text": LATE}]})
        assert [turn["number"] for turn in first["turns"]] == [1]
        time.sleep(0.3)
        second = running.post(made["turns"], {"turns": [{"speaker": "agent", "text": "您先冷静一下。"}]})
        thread.join(30)
        kinds = [(event, number) for event, number, _ in heard]
        assert kinds == [("turn", "1"), ("conversation", None), ("turn", "2"), ("conversation", None)]
        assert heard[0][2] == first["turns"][0]
        assert heard[0][2]["state"] == tm.classify(LATE).state
        assert heard[2][2]["findings"]
        assert heard[3][2]["state"] == second["state"]
        late = listen(web, made["events"], 2, {"Last-Event-ID": "1"})
        assert [event for event, *_ in late] == ["turn", "conversation"]
        assert late[0][1] == "2"
        whole = web.get(f"/v1/conversations/{made['id']}").json()
        assert [turn["number"] for turn in whole["turns"]] == [1, 2]
        assert web.delete(f"/v1/conversations/{made['id']}").status_code == 204
        assert web.get(f"/v1/conversations/{made['id']}").status_code == 404


def test_turns_posted_at_once_are_all_kept(running):
    """Two writers of one conversation lose nothing."""
    made = running.post("/v1/conversations", {"live": True})
    threads = [
        threading.Thread(
            target=running.post, args=(made["turns"], {"turns": [{"speaker": "客户", "text": f"第{n}句"}]})
        )
        for n in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    whole = json.loads(running.get(f"/v1/conversations/{made['id']}"))
    assert sorted(turn["text"] for turn in whole["turns"]) == sorted(f"第{n}句" for n in range(8))


def test_a_bounded_number_of_conversations_is_kept():
    """The one that was touched longest ago goes; after their time all do."""
    with service(live=2, expiry=60.0) as one:
        made = [one.post("/v1/conversations", json={"live": True}).json() for _ in range(3)]
        more = {"turns": [{"speaker": "customer", "text": "在吗"}]}
        error_of(one.post(made[0]["turns"], json=more), 404, "no_conversation")
        assert one.post(made[2]["turns"], json=more).status_code == 200
        full = {"turns": [{"speaker": "customer", "text": "在"}] * MOST_TURNS}
        error_of(one.post(made[2]["turns"], json=full), 409, "full")
    with service(expiry=0.0) as one:
        made = one.post("/v1/conversations", json={"live": True}).json()
        time.sleep(0.01)
        error_of(one.post(made["turns"], json=more), 404, "no_conversation")


def test_feedback_is_masked_and_exported(tmp_path):
    """What is stored holds no personal data; the export has the shape that training takes."""
    db = tmp_path / "store.sqlite"
    read = {"temperament": "胆汁质", "state": "angry", "also": []}
    with service(db=db) as one:
        said = {"text": PRIVATE, "reading": read, "verdict": "correct", "labels": {"state": "焦急"}}
        assert one.post("/v1/feedback", json=said | {"reason": "他在电话13800138000里说的"}).status_code == 201
        assert one.post("/v1/feedback", json={"text": LATE, "reading": read, "verdict": "accept"}).json()["id"] == 2
        assert one.post("/v1/feedback", json={"text": LATE, "reading": read, "verdict": "disputed"}).status_code == 201
        lines = one.get("/v1/feedback?format=jsonl").text.splitlines()
        assert one.get("/v1/feedback").json()["feedback"] == [json.loads(line) for line in lines]
    first = json.loads(lines[0])
    assert first["text"] == "我叫[姓名]，电话[电话]，气死我了！我要打12315投诉！"
    assert first["reading"] == {"temperament": "choleric", "state": "angry", "also": []}
    assert first["labels"] == {"state": "anxious"}
    assert [json.loads(line)["verdict"] for line in lines] == ["corrected", "accepted", "disputed"]
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"13800138000" not in everything
    assert "李小明".encode() not in everything
    with service(db=db) as one:
        assert len(one.get("/v1/feedback").json()["feedback"]) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "correct"},
        {"verdict": "correct", "labels": {"also": ["angry"]}},
        {"reading": {"state": "angry"}},
        {"labels": {"state": "furious"}, "verdict": "correct"},
        {"labels": {"state": "angry"}, "verdict": "accept"},
        {"verdict": "maybe"},
        {"text": ""},
    ],
)
def test_feedback_that_cannot_be_learned_from_is_refused(client, change):
    """A correction without labels, a reading without both labels, unknown names."""
    said = {"text": LATE, "reading": {"temperament": "unclear", "state": "calm"}, "verdict": "accept"}
    error_of(client.post("/v1/feedback", json=said | change), 400, "bad_request")


def test_the_board_adds_up_stored_cases(tmp_path):
    """Only what was to be stored counts; words are masked; a case that was taken up waits no longer."""
    with service(db=tmp_path / "store.sqlite") as one:
        one.post("/v1/classify", json={"text": "请问有货吗"})
        turns = [{"speaker": "customer", "text": PRIVATE}, {"speaker": "agent", "text": "您先冷静一下。"}]
        for _ in range(2):
            one.post("/v1/conversations", json={"turns": turns, "agent": "小王", "store": True})
        one.post("/v1/classify", json={"text": "请问有货吗", "store": True})
        board = one.get("/v1/board").json()
        assert board["cases"] == 3
        assert {row["label"]: row["cases"] for row in board["states"]}["angry"] == 2
        assert [row["today"] for row in board["rising"] if row["id"] == "signal.regulator"] == [2]
        assert "李小明" not in json.dumps(board, ensure_ascii=False)
        assert board["findings"][0]["agents"] == ["小王"]
        assert board["findings"][0]["count"] == 2
        assert board["findings"][0]["message"]
        waiting = board["waiting"]
        assert len(waiting) == 2
        assert one.post(f"/v1/cases/{waiting[0]['id']}/handled").status_code == 204
        assert [row["id"] for row in one.get("/v1/board").json()["waiting"]] == [waiting[1]["id"]]
        error_of(one.post("/v1/cases/nobody/handled"), 404, "no_case")
        assert one.get("/v1/board?day=2020-01-01").json()["cases"] == 0
        english = one.get("/v1/board", headers={"accept-language": "en"}).json()
        assert not re.search("[一-龥]", json.dumps([english["states"], english["rising"]], ensure_ascii=False))
        error_of(one.get("/v1/board?day=0001-01-01"), 400, "bad_request")
        error_of(one.get("/v1/board?format=pdf"), 400, "bad_request")


def test_the_board_as_a_workbook(tmp_path):
    """Every table is a sheet; a message that begins like a formula stays text."""
    with service() as one:
        said = [{"speaker": "customer", "text": "=1+1 我要投诉到12315！\x00\x0b"}]
        one.post("/v1/conversations", json={"turns": said, "store": True})
        answer = one.get("/v1/board?format=xlsx")
    assert answer.headers["content-disposition"].startswith("attachment")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["情绪", "气质", "上升的投诉", "客服用语", "客服", "待上级处理", "到期要办", "个案"]
    cells = [cell for row in book["个案"].iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=1+1") for cell in cells)
    assert "f" not in {cell.data_type for cell in cells}


def test_what_waits_waits_until_it_is_taken_up(tmp_path):
    """However old it is; what gets worse after it was taken up waits again; a case by its own id can be taken up."""
    db = tmp_path / "store.sqlite"
    calm, angry = "请问有货吗", "我要打12315投诉！"

    def say(one, text):
        turns = [{"speaker": "customer", "text": text}]
        body = {"turns": turns, "id": "talk-1", "store": True}
        assert one.post("/v1/conversations", json=body).status_code == 200
        return [row["id"] for row in one.get("/v1/board").json()["waiting"]]

    with service(db=db) as one:
        assert say(one, angry) == ["talk-1"]
    with closing(sqlite3.connect(db)) as file, file:
        file.execute("UPDATE cases SET began = '2020-01-01', time = '2020-01-01'")
    with service(db=db) as one:
        board = one.get("/v1/board").json()
        assert (board["cases"], [row["id"] for row in board["waiting"]]) == (0, ["talk-1"])
        assert one.post("/v1/cases/talk-1/handled").status_code == 204
        assert say(one, angry) == []
        assert say(one, calm) == []
        assert say(one, angry) == ["talk-1"]


def test_an_id_that_is_personal_data_is_not_stored(tmp_path):
    """Its hash is: the same case stays one case, and is found by either."""
    db = tmp_path / "store.sqlite"
    turns = [{"speaker": "customer", "text": "我要打12315投诉！"}]
    with service(db=db) as one:
        for _ in range(2):
            one.post("/v1/conversations", json={"turns": turns, "id": "13800138000", "store": True})
        waiting = one.get("/v1/board").json()["waiting"]
        assert [len(row["id"]) for row in waiting] == [64]
        assert one.post("/v1/cases/13800138000/handled").status_code == 204
        assert one.get("/v1/board").json()["waiting"] == []
        assert one.post(f"/v1/cases/{waiting[0]['id']}/handled").status_code == 204
    assert b"13800138000" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_own_ids_stay_as_they_are():
    """A live conversation's id is random: digits in it are nobody's number."""
    store = Store(None, Masker(playbook.shipped()))
    identifier = "13800138000a4bcd8ef0123456789abc"
    assert store._known_as(identifier) == identifier
    assert store._known_as("1" * 32) != "1" * 32
    store.close()


def test_the_board_does_not_hold_up_the_service(monkeypatch):
    """It is added up, written and unpacked where no event loop runs."""
    seen = {}

    def watched(name, function):
        def wrapped(*arguments):
            seen[name] = (asyncio._get_running_loop() is None, threading.current_thread().name)
            return function(*arguments)

        return wrapped

    for module, name in ((api, "board"), (api, "workbook"), (store_module, "_unpacked")):
        monkeypatch.setattr(module, name, watched(name, getattr(module, name)))
    with service() as one:
        one.post("/v1/classify", json={"text": LATE, "store": True})
        assert one.get("/v1/board?format=xlsx").status_code == 200
    assert {name: free for name, (free, _) in seen.items()} == dict.fromkeys(("board", "workbook", "_unpacked"), True)
    assert seen["_unpacked"][1].startswith("store")


def test_a_live_conversation_is_bounded_in_length():
    """By characters in all, not by turns alone."""
    turn = {"speaker": "other", "text": "在" * LONGEST_TEXT}
    few = LONGEST_TRANSCRIPT // LONGEST_TEXT
    made_with = Conversation(live=True)
    one = Live("1", made_with, tuple(Turn(**turn) for _ in range(few - 1)))
    full = grown(one, (Turn(**turn),))
    assert len(full) == few
    one.turns = full
    with service() as web:
        made = web.post("/v1/conversations", json={"live": True}).json()
        body = {"turns": [turn] * few + [turn | {"text": "了"}]}
        error_of(web.post(made["turns"], json=body), 400, "bad_request")
    with pytest.raises(Problem) as refused:
        grown(one, (Turn(speaker="other", text="了"),))
    assert refused.value.code == "bad_request"


def test_requests_that_nobody_waits_for_are_not_read(monkeypatch):
    """While the reader is busy, those that time out are skipped when it is free again."""
    read = []

    def slow(jobs):
        read.append([job.text for job in jobs])
        time.sleep(0.2)
        return [Done(b"{}") for _ in jobs]

    monkeypatch.setattr("temperament.server.work.classify", slow)
    pool = Pool(Settings())

    async def ask():
        first = asyncio.create_task(pool.classify(Classify(text="1")))
        await asyncio.sleep(0.05)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pool.classify(Classify(text="2")), 0.05)
        await first
        await asyncio.sleep(0)
        await pool.classify(Classify(text="3"))

    asyncio.run(ask())
    pool.close()
    assert read == [["1"], ["3"]]


@pytest.mark.parametrize("sign", ["\uffff", "\ufffe", "\x0b", "\x00"])
def test_no_sign_breaks_the_workbook(sign):
    """A message with a sign that XML forbids; the workbook opens."""
    with service() as one:
        one.post("/v1/classify", json={"text": f"好{sign}的", "store": True})
        answer = one.get("/v1/board?format=xlsx")
    cells = [cell.value for row in openpyxl.load_workbook(BytesIO(answer.content))["个案"].iter_rows() for cell in row]
    assert "好\ufffd的" in cells


@pytest.mark.parametrize("sign", ["\uffff", "\x0b"])
def test_no_sign_breaks_an_export_of_labels(sign, tmp_path):
    """The same in what annotators export, and in tables of rows."""
    label = Label(id="1", text=f"好{sign}的", temperament="unclear", state="calm", annotator="a")
    export([label], tmp_path / "o.xlsx", "all")
    (tmp_path / "r.xlsx").write_bytes(table_bytes([{"text": label.text}], tmp_path / "r.xlsx"))
    for name in ("o.xlsx", "r.xlsx"):
        cells = [cell.value for row in openpyxl.load_workbook(tmp_path / name).active.iter_rows() for cell in row]
        assert "好\ufffd的" in cells


def test_one_live_conversation_is_one_case(tmp_path):
    """However many turns it has."""
    with service() as one:
        made = one.post("/v1/conversations", json={"live": True, "store": True}).json()
        for text in (LATE, "我要打12315投诉！"):
            one.post(made["turns"], json={"turns": [{"speaker": "customer", "text": text}]})
        board = one.get("/v1/board").json()
        assert board["cases"] == 1
        assert [row["id"] for row in board["waiting"]] == [made["id"]]


def test_pages_and_their_policy(client):
    """The pages are served with a policy that lets nothing in from elsewhere."""
    for path in ("/", "/board"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    error_of(client.get("/static/../app.py"), 404, "not_found")
    error_of(client.get("/static/%2e%2e/app.py"), 404, "not_found")
    error_of(client.get("/static/nothing.js"), 404, "not_found")


def test_health_and_metrics(client):
    """Prometheus reads the counters; no word of a message is among them."""
    assert client.get("/healthz").json() == {"status": "ok"}
    client.post("/v1/classify", json={"text": "这句话不该出现"})
    client.get("/nothing/here")
    parser = pytest.importorskip("prometheus_client.parser")
    text = client.get("/metrics").text
    families = {one.name: one for one in parser.text_string_to_metric_families(text)}
    paths = {sample.labels["path"] for sample in families["temperament_requests"].samples}
    assert {"/v1/classify", "other"} <= paths
    assert "/nothing/here" not in paths
    assert "这句话" not in text
    info = families["temperament_info"].samples[0].labels
    assert info == {"version": tm.__version__, "model": "default"}


def test_the_description_names_every_address(client):
    """Each described address exists, each body has an example that works."""
    described = client.get("/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
            answer = client.request(method, path.replace("{id}", "none"), json=content.get("example"))
            assert str(answer.status_code) in call["responses"], (path, method, answer.text)
            assert answer.status_code < 300 or "{id}" in path, (path, method, answer.text)
    used = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(described)))
    assert used == set(described["components"]["schemas"])


def test_errors_come_in_the_language_asked_for(client):
    """By Accept-Language, both always there."""
    for language, sign in (("en", "Expected"), ("zh-CN,zh;q=0.9,en;q=0.8", "不合规定"), ("fr", "不合规定")):
        answer = client.post("/v1/classify", json={"text": 5}, headers={"accept-language": language})
        assert sign in error_of(answer, 400, "bad_request")
    unknown = client.post("/v1/check", json={"reply": "好", "channel": "鸽子"}, headers={"accept-language": "en"})
    assert "phone, face, chat, letter" in unknown.json()["error"]["message"]


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "zh"), ("en", "en"), ("EN-us", "en"), ("de, en;q=0.5", "en"), ("zh;q=0.1, en;q=x", "zh"), ("*;q=;;", "zh")],
)
def test_accept_language(header, language):
    """Odd headers fall back on the service's own."""
    assert language_of(header, "zh") == language


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/classify", 405, "method_not_allowed"),
        ("PUT", "/v1/feedback", 405, "method_not_allowed"),
        ("POST", "/", 405, "method_not_allowed"),
        ("GET", "/v2/classify", 404, "not_found"),
        ("POST", "/v1/classify/", 404, "not_found"),
    ],
)
def test_wrong_addresses(client, method, path, status, code):
    """Another method, another path."""
    answer = client.request(method, path)
    error_of(answer, status, code)
    if path == "/v1/feedback":
        assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


def test_the_description_is_kept(running):
    """Schemathesis finds no 5xx, and no answer that the description does not name."""
    program = Path(sys.executable).parent / "schemathesis"
    if not program.exists():
        pytest.skip("needs schemathesis")
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method"
    options = ["--max-examples", "8", "--seed", "1", "--checks", checks]
    command = [str(program), "run", f"{running.url}/openapi.json", "--phases", "examples,coverage,fuzzing", *options]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600, cwd=running.db.parent)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    selected = re.search(r"Selected: (\d+)/(\d+)", done.stdout)
    assert int(selected[1]) == int(selected[2]) >= 15


ODD = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"{}",
    b'{"text": null}',
    b'{"text": 1e999}',
    b'{"text": ["a"]}',
    b'{"text": "\xff\xfe"}',
    b'{"text": "a", "evidence": "yes"}',
    b'{"text": "a", "channel": 7}',
    b'{"text": "a", "channel": "no such"}',
    b'{"text": "\\ud800"',
    b'{"text": "\\u12"}',
    b"\x00" * 50,
    b"[" * 100_000,
    b'{"text":' * 50_000,
    '{"text": "中文"}'.encode("gbk"),
    '{"text": "中文"}'.encode("utf-16"),
    b'{"text": "' + b"a" * (LONGEST_TEXT + 1) + b'"}',
    b'{"reply": 1' + b"0" * 5000 + b"}",
]


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_odd_bodies_are_refused(client, body):
    """Whatever is no body of the shape gets a clear 4xx."""
    answer = client.post("/v1/classify", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"bad_json", "bad_request"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"text": "\\ud83d \xe6\xb0\x94\xe6\xad\xbb\xe6\x88\x91\xe4\xba\x86"}', "\ufffd 气死我了"),
        (b'{"text": "\\ud83d\\ude00"}', "😀"),
        (b'{"text": "\\u0000"}', "\x00"),
        (b'{"text": "a", "x": {"y": [1e400]}}', "a"),
        (b'\xef\xbb\xbf{"text": "a"}', None),
    ],
)
def test_odd_texts_are_read(client, body, text):
    """Half an emoji, control characters and fields nobody knows are no reason to refuse a customer's words."""
    answer = client.post("/v1/classify", content=body, headers={"content-type": "application/json"})
    if text is None:
        assert answer.status_code == 400
    else:
        assert answer.json()["text"] == text


def test_limits_of_lists(client):
    """Too many texts or turns are refused, the most allowed are read."""
    answer = client.post("/v1/classify:batch", json={"texts": ["a"] * (MOST_TEXTS + 1)})
    error_of(answer, 400, "bad_request")
    short = {"texts": ["在吗"] * MOST_TEXTS, "evidence": False}
    assert len(client.post("/v1/classify:batch", json=short).json()["readings"]) == MOST_TEXTS


def test_media_types(client):
    """Only JSON: a form of another site cannot post here."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = client.post("/v1/classify", content=b'{"text": "a"}', headers={"content-type": kind})
        error_of(answer, 415, "not_json")
    good = client.post(
        "/v1/classify", content=b'{"text": "a"}', headers={"content-type": "application/json; charset=utf-8"}
    )
    assert good.status_code == 200


def test_other_sites_and_other_names_are_kept_out(client):
    """A page of another site, or a name that was bent to this machine, gets nothing."""
    body = {"text": "a"}
    error_of(client.post("/v1/classify", json=body, headers={"sec-fetch-site": "cross-site"}), 403, "cross_site")
    error_of(client.post("/v1/classify", json=body, headers={"host": "evil.example:80"}), 403, "bad_host")
    for host in ("127.0.0.1:8000", "[::1]:8000", "LOCALHOST"):
        assert client.post("/v1/classify", json=body, headers={"host": host}).status_code == 200


def test_big_bodies_are_refused():
    """By the length that is told, and by the length that comes."""
    with service(max_body=2000) as one:
        headers = {"content-type": "application/json"}
        error_of(one.post("/v1/classify", json={"text": "啊" * 2000}), 413, "too_large")
        pieces = (b"a" * 500 for _ in range(10))
        error_of(one.post("/v1/classify", content=pieces, headers=headers), 413, "too_large")
        error_of(one.post("/v1/classify", content=b"{}", headers=headers | {"content-length": "x"}), 413, "too_large")
        assert one.post("/v1/classify", json={"text": "a" * 1000}).status_code == 200


def test_too_many_requests_are_told_when_to_come_again():
    """Each caller has a bucket of its own; pages and health have none."""
    with service(rate=2.0, keys=(KEY, KEY + "2")) as one:
        mine = {"authorization": f"Bearer {KEY}"}
        found = [one.post("/v1/classify", json={"text": "a"}, headers=mine) for _ in range(12)]
        assert [answer.status_code for answer in found[:4]] == [200] * 4
        refused = next(answer for answer in found if answer.status_code == 429)
        assert int(refused.headers["retry-after"]) >= 1
        error_of(refused, 429, "too_many")
        assert one.post("/v1/classify", json={"text": "a"}, headers={"x-api-key": KEY + "2"}).status_code == 200
        assert one.get("/healthz").status_code == 200


def test_keys():
    """Without a key nothing but the pages and health; a wrong one is no key."""
    with service(keys=(KEY,)) as one:
        for headers in ({}, {"authorization": "Bearer no"}, {"authorization": KEY}, {"x-api-key": ""}):
            answer = one.post("/v1/classify", json={"text": "a"}, headers=headers)
            error_of(answer, 401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
        for path in ("/metrics", "/v1/board", "/v1/feedback", "/openapi.json"):
            error_of(one.get(path), 401, "unauthorized")
        for path in ("/", "/board", "/healthz"):
            assert one.get(path).status_code == 200
        for headers in ({"authorization": f"bearer {KEY}"}, {"x-api-key": KEY}):
            assert one.post("/v1/classify", json={"text": "a"}, headers=headers).status_code == 200


def test_exposure_needs_keys(tmp_path):
    """Nobody is let in from outside by accident; keys are read with care."""
    for host in LOOPBACK:
        check_exposure(host, (), insecure=False)
    for host in ("0.0.0.0", "::", "192.168.1.5", ""):
        with pytest.raises(UsageError, match="--insecure"):
            check_exposure(host, (), insecure=False)
        check_exposure(host, (KEY,), insecure=False)
        check_exposure(host, (), insecure=True)
    file = tmp_path / "keys.txt"
    file.write_text(f"\ufeff# ours\n\n{KEY}\n", encoding="utf-8")
    assert read_keys(file, f"{KEY}-2,") == (f"{KEY}-2", KEY)
    file.write_text("short\n", encoding="utf-8")
    with pytest.raises(UsageError, match="16"):
        read_keys(file, "")
    file.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(UsageError):
        read_keys(file, "")
    with pytest.raises(UsageError):
        read_keys(tmp_path / "none", "")


def test_a_file_that_is_no_store(tmp_path):
    """A clear error, and a newer file is not touched."""
    file = tmp_path / "a.sqlite"
    file.write_text("not a database, whatever its name may say" * 50, encoding="utf-8")
    with pytest.raises(InputError):
        build(Settings(db=file))
    newer = tmp_path / "b.sqlite"
    with sqlite3.connect(newer) as opened:
        opened.execute("PRAGMA user_version = 99")
    opened.close()
    with pytest.raises(InputError, match="99"):
        build(Settings(db=newer))


def mutated(random_, body):
    """Return a body with something wrong in it."""
    data = bytearray(json.dumps(body, ensure_ascii=False).encode())
    for _ in range(random_.randint(1, 4)):
        at = random_.randrange(len(data) + 1)
        data[at : at + random_.choice([0, 0, 1, 3])] = random_.choice(PIECES)
    return bytes(data)


PIECES = [
    b"",
    b"\x00",
    b"\xff",
    b'"',
    b"\\ud800",
    b"\\",
    b"{}",
    b"[[[[",
    b"null",
    b"1e308",
    b"-9" * 200,
    b",",
    b":",
    b"true",
    "氣死".encode(),
    b"\xe6\xb0",
    b"NaN",
    b"\n\r",
    b"\xef\xbf\xbf",
    "𠮷👨‍👩‍👧".encode(),
]
BODIES = {
    "/v1/classify": {"text": LATE, "evidence": True, "channel": "chat"},
    "/v1/classify:batch": {"texts": [LATE, "在吗"], "advice": True},
    "/v1/advise": {"state": "angry", "history": [{"speaker": "customer", "text": LATE}], "facts": {"agent": "林"}},
    "/v1/check": {"reply": "您先冷静一下", "reading": {"state": "angry"}, "disable": ["tone"], "allow": ["冷静"]},
    "/v1/conversations": {"turns": [{"speaker": "客服", "text": "您好", "time": "10:00"}], "store": True},
    "/v1/feedback": {"text": LATE, "reading": {"temperament": "unclear", "state": "calm"}, "verdict": "accept"},
}


def test_mutated_bodies_never_break_the_service(client):
    """A few hundred odd bodies: every one is answered, none with a 5xx (benchmarks/fuzz_server.py sends 10,000)."""
    random_ = random.Random(7)
    seen = set()
    for number in range(400):
        path = list(BODIES)[number % len(BODIES)]
        body = mutated(random_, BODIES[path])
        answer = client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code < 500, (path, body, answer.text)
        assert isinstance(answer.json(), dict)
        seen.add(answer.status_code)
    assert {200, 400} <= seen


def test_nothing_of_a_message_is_logged_by_default(running):
    """Neither words that were read nor words that were refused."""
    running.post("/v1/classify", {"text": "绝不该进日志的一句话"})
    with pytest.raises(urllib.error.HTTPError):
        running.post("/v1/check", {"reply": "绝不该进日志的一句话", "channel": "绝不该"})
    assert "绝不该" not in running.said()


def test_words_are_logged_where_that_was_asked_for(caplog):
    """With ``log_text`` only."""
    caplog.set_level("INFO", "temperament.server")
    for asked in (False, True):
        with service(log_text=asked) as one:
            one.post("/v1/classify", json={"text": "marker-in-a-text"})
        assert ("marker-in-a-text" in caplog.text) is asked


def test_what_is_wrong_with_a_start_is_said(tmp_path):
    """A model that is not there, a port that is taken, a host without keys: one sentence each, and an exit code."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for options, code in (
            (["--model", str(tmp_path / "none"), "--port", "0"], 3),
            (["--port", str(taken.getsockname()[1])], 3),
            (["--host", "0.0.0.0"], 2),
            (["--api-key-file", str(tmp_path / "none")], 2),
        ):
            command = [sys.executable, "-m", "temperament", "serve", "--workers", "1", "--lang", "en", *options]
            done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
            assert done.returncode == code, done.stderr
            assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_feedback_is_exported_from_the_command_line(running, tmp_path):
    """While the service holds the file open; training reads what was written."""
    from temperament.feedback import read_feedback

    said = {"text": LATE, "reading": {"temperament": "unclear", "state": "calm"}, "verdict": "correct"}
    running.post("/v1/feedback", said | {"labels": {"state": "anxious"}})
    running.post("/v1/feedback", said | {"verdict": "dispute"})
    output = tmp_path / "feedback.jsonl"
    command = [sys.executable, "-m", "temperament", "feedback", "export", "--db", str(running.db)]
    done = subprocess.run([*command, "-o", str(output)], capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    learned = read_feedback(output)
    assert learned.counts["corrected"] >= 1
    assert learned.counts["disputed"] >= 1
    assert ("unclear", "anxious") in {(one.temperament, one.state) for one in learned.examples}
    missing = [*command[:-1], str(tmp_path / "none")]
    assert subprocess.run(missing, capture_output=True, encoding="utf-8", timeout=60).returncode == 3


def test_a_reading_process_that_dies_is_replaced(running):
    """The next request is answered all the same."""
    children = subprocess.run(["pgrep", "-P", str(running.process.pid)], capture_output=True, encoding="utf-8").stdout
    for child in children.split():
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"spawn_main" in command:
            os.kill(int(child), signal.SIGKILL)
    assert running.post("/v1/classify", {"text": LATE})["state"] == tm.classify(LATE).state


def test_a_restart_loses_no_feedback_and_running_requests_end(tmp_path):
    """SIGTERM: what is under way is answered, streams end; SIGKILL: what was answered is there again."""
    said = {"text": LATE, "reading": {"temperament": "unclear", "state": "calm"}, "verdict": "accept"}
    server = Server(tmp_path / "store.sqlite", "--workers", "0", "--rate", "0")
    made = server.post("/v1/conversations", {"live": True})
    stream = urllib.request.urlopen(server.url + made["events"], timeout=30)
    answers = []
    heavy = {"texts": [LATE] * 300}
    under_way = threading.Thread(target=lambda: answers.append(server.post("/v1/classify:batch", heavy)))
    server.post("/v1/feedback", said)
    under_way.start()
    time.sleep(0.1)
    assert server.stop() == 0
    under_way.join(30)
    assert len(answers[0]["readings"]) == 300
    assert b"event: end" in stream.read()
    again = Server(tmp_path / "store.sqlite", "--workers", "0")
    again.post("/v1/feedback", said)
    again.stop(signal.SIGKILL)
    last = Server(tmp_path / "store.sqlite", "--workers", "0")
    assert len(json.loads(last.get("/v1/feedback"))["feedback"]) == 2
    last.stop()
