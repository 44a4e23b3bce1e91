"""The record form of the service: its fields, cases opened with it, what is due on the board, what is never stored."""

import re
from io import BytesIO

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("prometheus_client")
pytest.importorskip("httpx2")

import openpyxl
from starlette.testclient import TestClient

from temperament.server.app import build
from temperament.server.settings import LOOPBACK, Settings

LATE = "说好三天到，第九天了还没收到货！你们太过分了！给我退款！我叫李小明，电话13800138000"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A service that keeps its cases in a file."""
    db = tmp_path_factory.mktemp("records") / "records.sqlite"
    with TestClient(build(Settings(hosts=tuple(LOOPBACK), db=db)), base_url="http://localhost") as one:
        one.db = db
        yield one


def test_the_form_has_the_playbooks_fields(client):
    """Those of the line of business come first; names in the language asked for; personal ones are marked."""
    fields = client.get("/v1/forms?industry=hotel", headers={"Accept-Language": "zh"}).json()["fields"]
    assert fields[0]["key"] == "room" and fields[0]["personal"]
    assert {"order", "time", "wish", "name", "contact"} <= {one["key"] for one in fields}
    english = client.get("/v1/forms", headers={"Accept-Language": "en"}).json()["fields"]
    assert "room" not in {one["key"] for one in english}
    assert not re.search("[一-龥]", "".join(one["name"] for one in english))
    assert client.get("/v1/forms?industry=zzz").status_code == 400


def test_a_case_is_opened_graded_and_due(client):
    """The answer says what is due and what is wanted; the board shows it; a later case of the same customer is known."""
    body = {"text": LATE, "customer": "138 0013 8000", "channel": "电话", "agent": "小林", "fields": {"姓名": "李小明"}}
    made = client.post("/v1/records", json=body | {"language": "en"})
    assert made.status_code == 201
    first = made.json()
    assert (first["stage"], first["state"], first["priority"]) == ("accept", "angry", "high")
    assert {"Delivery", "Refund, return, compensation"} <= set(first["topics"])
    assert {one["entry"] for one in first["due"]} == {"task.acknowledge", "task.reply"}
    board = client.get("/v1/board", headers={"Accept-Language": "en"}).json()
    due = [one for one in board["due"] if one["record"] == first["id"]]
    assert {one["name"] for one in due} == {"Acknowledge receipt", "First reply"}
    assert all(one["late"] <= 0 for one in due)
    sheets = openpyxl.load_workbook(BytesIO(client.get("/v1/board?format=xlsx").content))
    assert sheets["到期要办"].max_row >= 3
    second = client.post("/v1/records", json=body).json()
    assert second["id"] != first["id"] and "earlier" not in second


def test_nothing_personal_is_stored(client):
    """The file holds no name and no number."""
    client.post("/v1/records", json={"text": LATE, "customer": "13800138000", "fields": {"contact": "13800138000"}})
    data = b"".join(one.read_bytes() for one in client.db.parent.iterdir())
    assert "李小明".encode() not in data and b"13800138000" not in data


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "a", "fields": {"zzz": "1"}},
        {"text": "a", "industry": "zzz"},
        {"text": "a", "fields": []},
    ],
)
def test_odd_bodies_are_refused(client, body):
    """As the other addresses do: 400, in both languages."""
    answer = client.post("/v1/records", json=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert re.search("[一-龥]", error["zh"]) and error["en"]


def test_the_page_is_there(client):
    """It loads without a key, and holds no data."""
    page = client.get("/form")
    assert page.status_code == 200 and 'id="record"' in page.text
    assert client.get("/static/form.js").status_code == 200
