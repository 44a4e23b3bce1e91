"""The agent's page and the board in a real browser, against the real service: reading, card, reply box, feedback, keys."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

pytest.importorskip("starlette", reason="needs the extra [server]")
pytest.importorskip("uvicorn", reason="needs the extra [server]")
playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra [browser]: pip install -e '.[browser]'")
expect = playwright.expect

ANGRY = "你们说好三天到，现在第九天了！打了五次电话没人接，到底管不管？！今天再不给说法我就打12315！"
ANXIOUS = "不好意思又来打扰，孩子周一开学就要用，我怕来不及，麻烦您帮我催一催可以吗？"
TALK = (
    "客户：你们说好三天到，现在第九天了，到底发没发货？\n客服：您好，请稍等，我帮您查询一下。\n"
    "客户：等了半小时了还没查到？！再不处理我就打12315投诉！\n客服：这是物流的问题，我也没办法，您耐心等待吧。"
)
BAD = "亲，这是公司规定，我也没办法"
PRIVATE = "我叫李小明，电话13800138000，气死我了！我要打12315投诉！"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STATIC = Path(__file__).resolve().parents[1] / "temperament" / "server" / "static"
IN_THE_WAY = re.compile(r"ERR_FAILED|the server responded with a status of (401|404|413|429|503)")
"""What the browser writes to its console where a test stands between page and service."""


def own_browser():
    """Return where a browser of the system is; ``None`` leaves it to Playwright's own."""
    named = os.environ.get("TEMPERAMENT_CHROMIUM")
    return named or next((found for found in map(shutil.which, NAMES) if found), None)


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    with playwright.sync_playwright() as driver:
        try:
            one = driver.chromium.launch(executable_path=own_browser(), args=["--no-sandbox"])
        except playwright.Error as error:
            first = str(error).splitlines()[0]
            pytest.skip(f"no Chromium to run ({first}); set TEMPERAMENT_CHROMIUM or run: playwright install chromium")
        yield one
        one.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The SQLite file of the service."""
    return tmp_path_factory.mktemp("page") / "page.sqlite"


@pytest.fixture(scope="module")
def address(store):
    """The address of a running service."""
    command = [
        sys.executable,
        "-m",
        "temperament",
        "serve",
        "--port",
        "0",
        "--workers",
        "0",
        "--rate",
        "0",
        "--lang",
        "en",
    ]
    with subprocess.Popen(
        [*command, "--db", str(store)], stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as running:
        said = running.stderr.readline()
        found = re.search(r"http://[\d.]+:\d+", said)
        assert found, said + running.stderr.read()
        yield found[0]
        running.terminate()
        running.communicate(timeout=30)


@pytest.fixture
def visit(browser, address):
    """Open a page of the service; afterwards nothing may have failed in it, and no request may have left the host."""
    opened, asked, wrong = [], [], []

    def to(path="/?lang=zh", **options):
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
        page.goto(address + path)
        return page

    yield to
    for context in opened:
        context.close()
    assert [url for url in asked if not url.startswith((address, "blob:", "data:"))] == []
    assert [said for said in wrong if not IN_THE_WAY.search(said)] == []


def read(page, text):
    """Paste words into the first box and have them read."""
    page.fill("#first", text)
    page.click("#read")
    page.wait_for_selector("#card .main", state="attached")


def draft(page, text):
    """Write a reply and wait for what is found in it."""
    page.fill("#reply", text)
    page.wait_for_selector("#mirror mark", state="attached")


def soon(page, code, wanted):
    """Wait until code in the page returns a value; the page's policy forbids Playwright's own way, which evaluates there."""
    for _ in range(100):
        if page.evaluate(code) == wanted:
            return
        page.wait_for_timeout(50)
    assert page.evaluate(code) == wanted


def marks(page):
    """Return the underlined words."""
    return page.locator("#mirror mark").all_text_contents()


def test_a_pasted_message_is_read_and_answered_with_a_card(visit):
    """The words come back with their marks; the card says principle, pace, step, sentences, deadline, escalation, sources."""
    page = visit()
    read(page, ANGRY)
    expect(page.locator("#turns .tag.angry")).to_contain_text("愤怒")
    expect(page.locator("#turns .tag.manner")).to_contain_text("胆汁质 · 孙悟空")
    expect(page.locator("#turns mark.signal", has_text="12315")).to_have_text("12315")
    assert "".join(page.locator("#turns .said").all_text_contents()) == ANGRY
    card = page.locator(".side")
    expect(card.locator(".escalate h2")).to_contain_text("主管")
    for words in ("原则", "节奏", "现在 · 第 1 步", "下一步", "不要说", "还要问清", "出处", "只说这段话，不是说这个人"):
        expect(card).to_contain_text(words)
    assert card.locator(".say [data-number]").count() == 5
    assert page.locator(".trust [role=meter]").get_attribute("aria-valuenow") in {"100", "99"}
    expect(page.locator("#heard")).to_contain_text("愤怒")


def test_a_pasted_conversation_becomes_turns(visit):
    """Who said what is found by the service; turns can be added and taken away."""
    page = visit()
    read(page, TALK)
    expect(page.locator("#turns > li")).to_have_count(4)
    expect(page.locator("#turns > li.agent mark.error")).not_to_have_count(0)
    expect(page.locator(".turning.worse")).to_have_count(1)
    page.fill("#said", "那我等您电话，谢谢")
    page.press("#said", "Enter")
    expect(page.locator("#turns > li")).to_have_count(5)
    page.locator("#turns > li").last.get_by_role("button", name="删掉").click()
    expect(page.locator("#turns > li")).to_have_count(4)


def test_a_bad_reply_is_underlined_and_a_rewrite_is_taken_only_when_picked(visit):
    """Hovering explains and offers, only a click changes the reply, and the browser's undo takes it back."""
    page = visit()
    read(page, ANGRY)
    draft(page, BAD)
    assert {"这是公司规定", "我也没办法"} <= set(marks(page))
    expect(page.locator("#checked")).to_contain_text("处要改")
    spot = page.locator("#mirror mark", has_text="我也没办法").bounding_box()
    page.mouse.move(spot["x"] + 10, spot["y"] + 10)
    expect(page.locator("#hint")).to_be_visible()
    expect(page.locator("#hint")).to_contain_text("000 L287")
    assert page.input_value("#reply") == BAD
    better = page.locator("#hint .better").first
    wording = better.inner_text()
    better.click()
    assert wording.rstrip("。") in page.input_value("#reply")
    assert "我也没办法" not in page.input_value("#reply")
    page.keyboard.press("Control+z")
    assert page.input_value("#reply") == BAD


def test_underlines_lie_under_their_words(visit):
    """Textarea and overlay break lines alike: same box, same font, and one grows and scrolls with the other."""
    page = visit()
    read(page, ANXIOUS)
    draft(page, "这是公司规定。\n" + "您说的我记下了，现在就去核对。" * 60)
    sizes = page.evaluate(
        "['reply','mirror'].map(id => { const one = document.getElementById(id), look = getComputedStyle(one);"
        "return [one.clientWidth, look.font, look.padding, look.letterSpacing, look.whiteSpace, one.scrollHeight] })"
    )
    assert sizes[0] == sizes[1]
    page.evaluate("document.getElementById('reply').scrollTop = 120")
    soon(page, "document.getElementById('mirror').scrollTop", 120)


def test_offsets_count_as_the_service_counts_them(visit):
    """Emoji are one code point and two units; the marks still stand under the right words."""
    page = visit()
    read(page, "😡😡" + ANGRY)
    expect(page.locator("#turns mark.signal", has_text="12315")).to_have_text("12315")
    draft(page, "🙏🙏这是公司规定")
    assert marks(page) == ["这是公司规定"]


def test_words_are_words_and_never_markup(visit):
    """What customers and agents write is shown as they wrote it."""
    page = visit()
    text = f"<img src=x onerror=alert(1)><b>{ANGRY}</b>"
    read(page, text)
    assert "".join(page.locator("#turns .said").all_text_contents()) == text
    draft(page, "<script>alert(1)</script>这是公司规定")
    assert page.locator("#turns img, #mirror script, #findings script").count() == 0


def test_what_is_known_of_the_case_changes_the_card(visit):
    """Channel and group are asked for on the card and change what it says."""
    page = visit()
    read(page, ANGRY)
    expect(page.locator("#card .deeper")).to_contain_text("认识这位客户的人来定")
    for name, value in (("group", "forceful"), ("channel", "phone")):
        asked = "**/v1/advise"
        with page.expect_response(asked) as answer:
            page.select_option(f"#card select[name={name}]", value)
        assert answer.value.request.post_data_json[name] == value
        assert answer.value.json()["advice"][name] == value
    expect(page.locator("#card .deeper")).not_to_contain_text("认识这位客户的人来定")
    assert page.input_value("#card select[name=channel]") == "phone"


def test_typing_moves_underlines_and_is_never_held_up(visit):
    """While the service does not answer, underlines move with their words and the reply can be sent."""
    page = visit()
    read(page, ANGRY)
    draft(page, "这是公司规定")
    page.route("**/v1/check", lambda route: route.abort())
    page.locator("#reply").press("Home")
    page.keyboard.type("您好，")
    assert page.input_value("#reply") == "您好，这是公司规定"
    assert marks(page) == ["这是公司规定"]
    page.click("#record")
    expect(page.locator("#turns > li.agent")).to_contain_text("您好，这是公司规定")


def test_a_correction_is_stored_masked(visit, store):
    """A correction needs a reason, and is in the SQLite file without the customer's name and number."""
    page = visit()
    read(page, PRIVATE)
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.select_option("#judge-dialog [name=state]", "anxious")
    page.click("#judge-dialog [type=submit]")
    expect(page.locator("#judge-dialog .wrong")).to_contain_text("理由")
    page.fill("#judge-dialog [name=reason]", "只是着急，回电13900139000")
    page.click("#judge-dialog [type=submit]")
    expect(page.locator("#toast")).to_contain_text("已记下")
    with sqlite3.connect(store) as file:
        text, reading, verdict, labels, reason = file.execute(
            "SELECT text, reading, verdict, labels, reason FROM feedback ORDER BY number DESC"
        ).fetchone()
    file.close()
    assert verdict == "corrected"
    assert json.loads(labels)["state"] == "anxious"
    assert json.loads(reading)["state"] == "angry"
    assert "气死我了" in text
    assert not {"13800138000", "李小明"} & set(re.findall(r"\d{11}|李小明", text))
    assert "13900139000" not in reason
    assert "只是着急" in reason


def test_accepting_and_disputing(visit, store):
    """The other two verdicts are stored too."""
    page = visit()
    read(page, ANXIOUS)
    page.click("#accept")
    expect(page.locator("#toast")).to_contain_text("已记下")
    page.click("#dispute")
    page.fill("#judge-dialog [name=reason]", "看不出着急")
    page.click("#judge-dialog [type=submit]")
    expect(page.locator("#judge-dialog")).to_be_hidden()
    with sqlite3.connect(store) as file:
        rows = file.execute("SELECT verdict FROM feedback WHERE text = ? ORDER BY number", (ANXIOUS,)).fetchall()
    file.close()
    assert rows == [("accepted",), ("disputed",)]


def test_the_language_is_switched_without_losing_anything(visit):
    """Page, card and findings change language, the draft stays, and a reload keeps the choice."""
    page = visit()
    read(page, ANGRY)
    draft(page, BAD)
    page.click("#language")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".escalate h2")).to_contain_text("Hand over")
    expect(page.locator("#checked")).to_contain_text("to change")
    assert page.input_value("#reply") == BAD
    assert page.title() == "Agent's desk · temperament"
    left = page.evaluate(
        "[...document.querySelectorAll('[data-t]')].filter(one => !one.lang).map(one => one.textContent)"
    )
    assert [words for words in left if re.search("[一-龥]", words.replace("客户：… 客服：…", ""))] == []
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.input_value("#reply") == BAD


def test_everything_goes_by_keyboard(visit):
    """From the first message to the recorded reply without a mouse."""
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("c")
    page.keyboard.insert_text(ANXIOUS)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#card .main")
    page.keyboard.press("Escape")
    first = page.locator("[data-number='1'] [lang]").inner_text()
    page.keyboard.press("Shift+Digit1")
    expect(page.locator("#toast")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == first
    page.keyboard.press("3")
    assert page.input_value("#reply") == page.locator("[data-number='3'] [lang]").inner_text()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(BAD)
    page.wait_for_selector("#mirror mark", state="attached")
    page.keyboard.press("F8")
    expect(page.locator("#hint")).to_be_visible()
    chosen = page.evaluate("(box => box.value.slice(box.selectionStart, box.selectionEnd))(document.activeElement)")
    assert chosen in marks(page)
    page.keyboard.press("Alt+ArrowDown")
    assert page.evaluate("document.activeElement.closest('#hint') !== null")
    page.keyboard.press("Enter")
    assert page.input_value("#reply") != BAD
    page.keyboard.press("Control+Enter")
    expect(page.locator("#turns > li.agent")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#help-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help-dialog")).to_be_hidden()


def test_single_keys_can_be_switched_off(visit):
    """For those who dictate (WCAG 2.1.4)."""
    page = visit()
    page.click("#settings")
    page.uncheck("#settings-dialog [name=keys]")
    page.click("#settings-dialog [type=submit]")
    page.keyboard.press("?")
    expect(page.locator("#help-dialog")).to_be_hidden()


REWRITES = [
    ("这是规定，你自己看吧", (4, 10), "您看行吗？", "这是规定，您看行吗？"),
    ("我也没办法。", (0, 5), "我现在就去问。", "我现在就去问。"),
    ("您好", (2, 2), "我来办。", "您好。我来办。"),
    ("您好！", (3, 3), "我来办。", "您好！我来办。"),
    ("尽快吧😀", (0, 2), "最晚……点前", "最晚……点前吧😀"),
]


@pytest.mark.parametrize(("before", "span", "wording", "after"), REWRITES)
def test_a_rewrite_keeps_the_marks_around_it(visit, before, span, wording, after):
    """The comma before a finding stays, no full stop is doubled, and an addition begins a new sentence."""
    code = (
        "([text, from, to, wording]) => import('/static/spans.js').then(spans => {"
        "const one = spans.rewritten(text, from, to, wording);"
        "return text.slice(0, one.from) + one.put + text.slice(one.to) })"
    )
    assert visit().evaluate(code, [before, *span, wording]) == after


def test_findings_move_with_their_words(visit):
    """What an edit touches is dropped until the service has looked again; what it does not touch is moved."""
    code = (
        "([before, after]) => import('/static/reply.js').then(reply =>"
        "reply.moved([{from: 0, to: 2}, {from: 3, to: 5}], before, after).map(one => after.slice(one.from, one.to)))"
    )
    page = visit()
    assert page.evaluate(code, ["甲乙，丙丁", "甲乙，好的，丙丁"]) == ["甲乙", "丙丁"]
    assert page.evaluate(code, ["甲乙，丙丁", "甲，丙丁"]) == ["丙丁"]
    assert page.evaluate(code, ["甲乙，丙丁", "甲乙，丙丁"]) == ["甲乙", "丙丁"]


def test_a_live_conversation_is_followed(visit, address):
    """Turns that another system sends appear, and the reply goes back the same way."""
    page = visit()
    page.click("#listen")
    page.click("#live-dialog [type=submit]")
    expect(page.locator("#live")).to_contain_text("正在听")
    where = page.locator("#live button").first.get_attribute("title").split("POST ")[1]
    assert where.startswith(address)
    for turn in ({"speaker": "客户", "text": ANGRY}, {"speaker": "客服", "text": "这不归我管"}):
        sent = urllib.request.Request(
            where, json.dumps({"turns": [turn]}).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(sent, timeout=20) as answer:
            assert answer.status == 200
    expect(page.locator("#turns > li")).to_have_count(2)
    expect(page.locator("#turns > li.agent mark.finding")).not_to_have_count(0)
    page.fill("#reply", "您说的我记下了，我现在去查。")
    page.click("#record")
    expect(page.locator("#turns > li.agent")).to_have_count(2)
    page.get_by_role("button", name="断开").click()
    expect(page.locator("#live")).to_be_hidden()
    expect(page.locator("#turns > li")).to_have_count(3)


def go_live(page):
    """Make a live conversation of the desk and return the address of its turns."""
    page.click("#listen")
    page.click("#live-dialog [type=submit]")
    expect(page.locator("#live")).to_contain_text("正在听")
    return page.locator("#live button").first.get_attribute("title").split("POST ")[1]


def held_back(page, asked):
    """Hold requests back; returns them as they come."""
    held = []
    page.route(asked, lambda route: held.append(route))  # a bound method takes no attribute from Playwright
    return held


def come(page, held):
    """Wait until a request is held back, and for a second one that should not be there."""
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(200)
    assert len(held) == 1


REFUSALS = [(None, "连不上服务"), (429, "1 秒后"), (503, "服务忙")]


@pytest.mark.parametrize(("status", "words"), REFUSALS)
@pytest.mark.parametrize(("box", "key"), [("#reply", "Control+Enter"), ("#said", "Enter")])
def test_live_words_stay_where_the_service_does_not_take_them(visit, box, key, status, words):
    """The box is emptied when the turn has been taken, and not before; nothing is called added that is not."""
    page = visit()
    go_live(page)
    refused = {"status": status, "headers": {"retry-after": "1"}, "body": "{}"}
    page.route("**/turns", lambda route: route.fulfill(**refused) if status else route.abort())
    page.fill(box, ANXIOUS)
    page.press(box, key)
    expect(page.locator("#alert")).to_contain_text(words)
    assert page.input_value(box) == ANXIOUS
    assert "已记入" not in page.locator("#toast").inner_text()
    page.unroute("**/turns")
    page.press(box, key)
    expect(page.locator("#turns > li .said")).to_have_text([ANXIOUS])
    expect(page.locator(box)).to_have_value("")


@pytest.mark.parametrize("box", ["#reply", "#said"])
def test_a_live_turn_is_sent_once_and_what_is_written_meanwhile_stays(visit, box):
    """A key pressed twice sends one turn, and its arrival does not take away newer words."""
    page = visit()
    go_live(page)
    held = held_back(page, "**/turns")
    page.fill(box, ANXIOUS)
    page.press(box, "Control+Enter")
    page.press(box, "Control+Enter")
    come(page, held)
    page.fill(box, "还有一句")
    held[0].continue_()
    expect(page.locator("#turns > li .said")).to_have_text([ANXIOUS])
    page.wait_for_timeout(200)
    assert page.input_value(box) == "还有一句"


def test_live_words_whose_answer_was_lost_are_added_once(visit):
    """The service took them, the answer did not come: sent again they are not there twice, and the next ones are new."""
    page = visit()
    go_live(page)
    keys = []

    def lose(route):
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    page.route("**/turns", lose)
    page.fill("#said", ANXIOUS)
    page.press("#said", "Enter")
    expect(page.locator("#alert")).to_contain_text("连不上服务")
    expect(page.locator("#turns > li .said")).to_have_text([ANXIOUS])
    assert page.input_value("#said") == ANXIOUS
    page.unroute("**/turns")
    for count in (1, 2):
        page.fill("#said", ANXIOUS)
        with page.expect_response("**/turns") as answer:
            page.press("#said", "Enter")
        keys.append(answer.value.request.headers["idempotency-key"])
        assert (answer.value.headers.get("idempotency-replayed") == "true") is (count == 1)
        expect(page.locator("#said")).to_have_value("")
        expect(page.locator("#turns > li .said")).to_have_text([ANXIOUS] * count)
    assert keys[0] == keys[1] != keys[2]


def test_a_transcript_pasted_into_a_live_conversation_goes_to_the_service(visit):
    """All of its turns or none: refused, it stays in its window; taken, everybody who follows has it."""
    page = visit()
    where = go_live(page)
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.fill("#paste-dialog [name=text]", TALK)
    page.route("**/turns", lambda route: route.abort())
    page.click("#paste-dialog [type=submit]")
    expect(page.locator("#paste-dialog .wrong")).to_contain_text("连不上服务")
    assert page.input_value("#paste-dialog [name=text]") == TALK
    expect(page.locator("#turns > li")).to_have_count(0)
    page.unroute("**/turns")
    page.click("#paste-dialog [type=submit]")
    expect(page.locator("#turns > li")).to_have_count(4)
    expect(page.locator("#paste-dialog")).to_be_hidden()
    with urllib.request.urlopen(where.removesuffix("/turns"), timeout=20) as answer:
        speakers = [turn["speaker"] for turn in json.load(answer)["turns"]]
    assert speakers == ["customer", "agent", "customer", "agent"]


def test_the_desk_is_emptied_only_for_a_live_conversation_that_exists(visit, address):
    """An unknown number is said in the window; a known one replaces what is there only after a yes."""
    page = visit()
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    read(page, ANXIOUS)
    page.click("#listen-too")
    page.fill("#live-dialog [name=id]", "no such?number")
    page.click("#live-dialog [type=submit]")
    expect(page.locator("#live-dialog .wrong")).to_contain_text("没有这段对话")
    assert asked == []
    made = urllib.request.Request(
        f"{address}/v1/conversations",
        json.dumps({"live": True, "turns": [{"speaker": "customer", "text": ANGRY}]}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(made, timeout=20) as answer:
        page.fill("#live-dialog [name=id]", json.load(answer)["id"])
    with page.expect_event("dialog"):
        page.click("#live-dialog [type=submit]")
    assert len(asked) == 1
    expect(page.locator("#turns > li .said")).to_have_text([ANXIOUS])
    expect(page.locator("#live")).to_be_hidden()
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#live-dialog [type=submit]")
    expect(page.locator("#live")).to_contain_text("正在听")
    expect(page.locator("#turns > li .said")).to_have_text([ANGRY])


def test_a_service_that_is_away_is_said_and_taken_up_again(visit):
    """Nothing typed is lost, and the page goes on by itself."""
    page = visit()
    away = re.compile("/v1/|/healthz")
    page.route(away, lambda route: route.abort())
    page.fill("#first", ANGRY)
    page.click("#read")
    expect(page.locator("#alert")).to_contain_text("连不上服务")
    assert ANGRY in page.locator("#turns").inner_text()
    page.unroute(away)
    page.wait_for_selector("#card .main")
    expect(page.locator("#alert")).to_be_hidden()


@pytest.mark.parametrize(("status", "words"), [(401, "密钥"), (413, "太长"), (429, "1 秒后")])
def test_refusals_are_told_in_plain_words(visit, status, words):
    """What the service refuses is said with what to do about it; where waiting helps, the page waits."""
    page = visit()
    page.route("**/v1/advise", lambda route: route.fulfill(status=status, headers={"retry-after": "1"}, body="{}"))
    page.fill("#first", ANXIOUS)
    page.click("#read")
    expect(page.locator("#alert")).to_contain_text(words)
    page.unroute("**/v1/advise")
    if status == 429:
        page.wait_for_selector("#card .main")
        expect(page.locator("#alert")).to_be_hidden()


@pytest.mark.parametrize("box", ["#first", "#said"])
def test_an_over_long_turn_is_refused_before_it_is_on_the_desk(visit, box):
    """How long it is and may be is said, the words stay in their box, nothing offers to try the same again."""
    page = visit()
    if box == "#said":
        read(page, ANXIOUS)
    page.fill(box, "😡" + "长" * 20_000)
    page.press(box, "Control+Enter")
    expect(page.locator("#alert")).to_contain_text("这一句有 20001 字，一句最多 20000 字")
    expect(page.locator("#alert button")).to_have_count(0)
    assert len(page.input_value(box)) == 20_001
    expect(page.locator("#turns > li")).to_have_count(0 if box == "#first" else 1)
    page.fill(box, ANXIOUS + "好的")
    page.press(box, "Control+Enter")
    expect(page.locator("#turns > li")).to_have_count(1 if box == "#first" else 2)
    expect(page.locator("#alert")).to_be_hidden()


def test_charts_of_the_board_keep_their_letters_readable_on_a_telephone(visit):
    """Drawn as wide as the screen gives, not made smaller; a name that is cut is whole for those who listen."""
    page = visit("/board?lang=en", viewport={"width": 390, "height": 844})
    page.wait_for_selector(".chart")
    scale = "document.querySelector('.chart').getScreenCTM().a"
    assert page.evaluate(scale) > 0.9
    name = page.evaluate(
        "import('/static/charts.js').then(charts => { const one = charts.bars('t', [{name: 'x'.repeat(90), value: 1}]);"
        "return [one.querySelector('text').textContent, one.getAttribute('aria-label')] })"
    )
    assert name[0].endswith("…")
    assert "x" * 90 in name[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_telephone_shows_everything_without_sideways_scrolling(visit, language):
    """At 390 px conversation and advice are two panels above the reply."""
    page = visit(f"/?lang={language}", viewport={"width": 390, "height": 844}, has_touch=True)
    read(page, ANGRY)
    draft(page, BAD)
    wide = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(wide) <= 0
    page.click("#tab-advice")
    expect(page.locator(".escalate")).to_be_visible()
    expect(page.locator("#reply")).to_be_in_viewport()
    assert page.evaluate(wide) <= 0
    page.locator("[data-number='5']").click()
    assert len(page.input_value("#reply")) > len(BAD)
    page.goto(page.url.split("?")[0] + f"board?lang={language}")
    page.wait_for_selector(".chart")
    assert page.evaluate(wide) <= 0


def test_the_board_shows_masked_cases_and_exports_them(visit):
    """A conversation of the desk is on the board and in its workbook, masked, until somebody takes it up."""
    page = visit()
    page.click("#settings")
    page.fill("#settings-dialog [name=agent]", "小周")
    page.click("#settings-dialog [type=submit]")
    read(page, PRIVATE)
    page.fill("#reply", "这不归我管")
    page.click("#record")
    expect(page.locator("#turns > li.agent mark.finding")).not_to_have_count(0)
    page.click("nav a[href='/board']")
    mine = page.locator("#waiting li", has_text="气死我了").filter(has_text="小周")
    expect(mine).to_have_count(1)
    assert "13800138000" not in page.locator("main").inner_text()
    assert "愤怒" in page.locator("#states svg").get_attribute("aria-label")
    expect(page.locator("#findings")).to_contain_text("不归我管")
    with page.expect_download() as download:
        page.click("#export")
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("小周" in one for one in cells)
    assert not any("13800138000" in one for one in cells)
    more = page.locator("#waiting summary")
    if more.count():
        more.click()
    mine.get_by_role("button").click()
    expect(mine).to_have_count(0)


def test_the_card_stays_open_where_it_was_opened(visit):
    """A new turn does not fold away what is being read."""
    page = visit()
    read(page, ANXIOUS)
    page.click("#card details[data-key=notes] summary")
    page.fill("#said", "今晚八点前能到吗？")
    page.press("#said", "Enter")
    expect(page.locator("#turns > li")).to_have_count(2)
    expect(page.locator("#turns > li:last-child .tags")).to_have_count(1)
    assert page.locator("#card details[data-key=notes]").get_attribute("open") is not None


def test_every_word_of_the_pages_is_there_in_both_languages(visit):
    """No key without its words."""
    page = visit()
    wanted = {
        key
        for file in (*STATIC.glob("*.html"), *STATIC.glob("*.js"))
        for key in re.findall(
            r"""(?:data-(?:t|holder|tip|name)=|\bt\()["']([\w]+)["']""", file.read_text(encoding="utf-8")
        )
    }
    missing = page.evaluate(
        "keys => import('/static/words.js').then(words => keys.filter(key => !words.has(key)))", sorted(wanted)
    )
    assert missing == []


def test_the_files_of_the_pages_name_nobody_else():
    """No address of another host, no inline script or style, no HTML made of text."""
    for file in STATIC.iterdir():
        text = file.read_text(encoding="utf-8")
        assert set(re.findall(r"https?://[^\"'\s)]+", text)) <= {"http://www.w3.org/2000/svg"}, file.name
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=\"|\sstyle=\"|innerHTML|\beval\(", text), file.name


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_to_complain_of(visit, language, colours):
    """Labels, contrast, landmarks, roles: desk, hint, window and board."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    page = visit(f"/?lang={language}", color_scheme=colours)
    found = [axe.run(page)]
    read(page, TALK)
    draft(page, BAD)
    for name in ("steps", "hand", "avoid", "tuning", "stages", "notes", "causes", "sources", "say"):
        page.evaluate("key => document.querySelector(`.side details[data-key=${key}]`)?.setAttribute('open', '')", name)
    page.focus("#reply")
    page.keyboard.press("F8")
    found.append(axe.run(page))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    found.append(axe.run(page))
    page.goto(page.url.split("?")[0] + f"board?lang={language}")
    page.wait_for_selector(".chart")
    found.append(axe.run(page))
    assert [one.generate_report() for one in found if one.violations_count] == []
