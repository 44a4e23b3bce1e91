"""Stored cases: the stages, what holds a case up, what is due, who came before, what is never written to the disk."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from temperament import playbook
from temperament.casebook import CLOSED, STAGES, Casebook, NewCase
from temperament.casebook.exporting import form_named, rows
from temperament.casebook.figures import figures
from temperament.casebook.file import customer_key, hashed, open_file, salt_of
from temperament.casebook.filling import TAKEN, forms_of
from temperament.casebook.library import like
from temperament.datasets import table_bytes
from temperament.errors import InputError, UsageError
from temperament.labels import Reading
from temperament.masking import Masker

BOOK = playbook.shipped()
LATE = "说好三天到，第九天了还没收到货！给我退款，订单号 88203377"
RECORD = {"name": "李小明", "contact": "13800138000", "channel": "phone"}
GRADING = {"cause-side": "公司", "topic": "服务"}
PLAN = {"remedy": "补发", "alternative": "退款", "owner": "小林", "due": "周五", "within-authority": "是"}
CLOSING = {
    "result": "周四补发送到",
    "problem-closed": "now",
    "complaint-closed": "now",
    "feedback": "仓库",
    "promised-at": "周五",
    "done-at": "周四",
    "satisfaction": "满意",
}


@pytest.fixture
def cases(tmp_path):
    """An empty casebook in a file."""
    file = open_file(tmp_path / "cases.sqlite")
    yield Casebook(file, Masker(BOOK), BOOK, "zh")
    file.close()


def opened(cases, text=LATE, **options):
    """Open a case for an angry customer."""
    return cases.open_case(NewCase(Reading.of("unclear", options.pop("state", "angry"), text), agent="小林", **options))


def through(cases, identifier):
    """Take a case from receipt to review and close it."""
    cases.move(identifier, fields=RECORD)
    cases.move(identifier)
    cases.move(identifier, fields=GRADING, done=("reply",))
    cases.move(identifier, fields=PLAN)
    cases.move(identifier, done=("follow-up",))
    return cases.move(identifier, fields=CLOSING, done=("department",))


def test_a_case_goes_through_every_stage(cases):
    """Accept, record, analyse, solve, follow up, review, closed: the history has them all, in order."""
    one = opened(cases, channel="phone")
    assert (one.stage, one.priority, one.topics) == ("accept", "high", ("topic.delivery", "topic.refund"))
    assert "cause.angry.broken-promise" in one.causes
    done = through(cases, one.id)
    assert [step.stage for step in done.steps] == list(STAGES)
    assert done.closed and done.wanted == ()
    assert not any(task.open for task in done.tasks)
    assert done.fields["satisfaction"] == "满意"
    assert done.fields["problem-closed"].startswith(f"{datetime.now():%Y-}")


def test_what_is_wanting_holds_a_case_up(cases):
    """Required fields and tasks are named with how to give them; the case stays where it is."""
    one = opened(cases)
    cases.move(one.id)
    with pytest.raises(InputError) as error:
        cases.move(one.id)
    assert "contact（联系方式）" in error.value.zh and "--anyway" in error.value.en
    assert cases.record(one.id).stage == "record"
    cases.move(one.id, fields=RECORD)
    cases.move(one.id, fields=GRADING)
    cases.move(one.id, fields=PLAN)
    with pytest.raises(InputError, match="follow-up"):
        cases.move(one.id)


def test_a_refused_step_writes_nothing(cases):
    """Fields given with a step that is refused are not kept either."""
    one = opened(cases)
    cases.move(one.id)
    with pytest.raises(InputError):
        cases.move(one.id, fields={"wish": "换货", "name": "李小明"})
    assert cases.record(one.id).fields["wish"] != "换货"


def test_passing_over_is_kept_in_the_history(cases):
    """``anyway`` goes on, and the history says why and what was wanting."""
    one = opened(cases)
    cases.move(one.id)
    after = cases.move(one.id, anyway="客户不肯留电话")
    assert after.stage == "analyse"
    assert "客户不肯留电话" in after.steps[-1].skipped and "联系方式" in after.steps[-1].skipped


def test_a_case_goes_back_but_never_ahead(cases):
    """An earlier stage is allowed, two stages on is not, nothing follows the last one."""
    one = opened(cases)
    with pytest.raises(UsageError, match="record"):
        cases.move(one.id, "solve")
    through(cases, one.id)
    with pytest.raises(UsageError):
        cases.move(one.id)
    again = cases.move(one.id, "解决", "客户说又坏了")
    assert (again.stage, again.closed, again.steps[-1].note) == ("solve", "", "客户说又坏了")


def test_clocks_follow_the_grade(cases):
    """What is due follows the cell of the matrix, and moves when the grade is changed by hand."""
    one = opened(cases, "请问发票怎么开？", state="calm")
    reply = next(task for task in one.tasks if task.entry == "task.reply")
    assert span(reply) == BOOK.grading[one.grade].reply
    changed = cases.note(one.id, fields={"影响": "高", "urgency": "high"})
    assert changed.grade == "grade.high-impact.high-urgency"
    reply = next(task for task in changed.tasks if task.entry == "task.reply")
    assert span(reply) == BOOK.grading[changed.grade].reply
    with pytest.raises(UsageError, match="huge"):
        cases.note(one.id, fields={"impact": "huge"})


def span(task):
    """Return the minutes between a task's beginning and when it is due."""
    return (datetime.fromisoformat(task.due) - datetime.fromisoformat(task.begun)).total_seconds() / 60


def test_progress_is_due_again_after_it_was_reported(cases):
    """000 L379: keep contact even without progress; the reminder begins anew until the case is solved."""
    one = opened(cases)
    cases.move(one.id)
    after = cases.note(one.id, "还在查", done=("报进展",))
    assert [task.open for task in after.tasks if task.entry == "task.progress"].count(True) == 1
    assert [task.done != "" for task in after.tasks if task.entry == "task.progress"].count(True) == 1
    for fields in (RECORD, GRADING, PLAN):
        after = cases.move(one.id, fields=fields)
    assert not [task for task in after.tasks if task.entry == "task.progress" and task.open]


def test_the_due_list_has_the_earliest_first(cases):
    """Late tasks count minutes above zero; what is not due in time is left out."""
    first, second = opened(cases), opened(cases, "请问发票怎么开？", state="calm")
    cases.file.execute("UPDATE tasks SET due = ? WHERE record = ?", ("2020-01-01T00:00:00.000+00:00", second.id))
    cases.file.commit()
    found = cases.tasks.due(timedelta(minutes=1))
    assert {one.record for one in found} == {second.id}
    assert all(one.late > 0 for one in found)
    everything = cases.tasks.due()
    assert [one.due for one in everything] == sorted(one.due for one in everything)
    assert {one.record for one in everything} == {first.id, second.id}


def test_only_residents_get_a_return_visit(cases):
    """003 L228: the return visit is a task of property management, and must be done before the case goes on."""
    one = opened(cases, "水管漏水，报修三次没人来修！", industry="property")
    fields = RECORD | {"order": "8820", "time": "昨天", "wish": "修好", "unit": "3栋501", "department": "工程部"}
    for more in ({}, fields, GRADING):
        cases.move(one.id, fields=more)
    after = cases.move(one.id, fields=PLAN)
    assert {task.entry for task in after.tasks if task.open} == {"task.follow-up", "task.return-visit"}
    with pytest.raises(InputError, match="return-visit"):
        cases.move(one.id, done=("follow-up",))
    assert cases.move(one.id, done=("follow-up", "return-visit")).stage == "review"
    assert "form.nonconformity" in {form.id for form in forms_of("review", "property", BOOK)}


def test_a_form_that_is_only_needed_at_times_must_be_whole_once_begun(cases):
    """The nonconformity report: nothing asked for until one of its fields is filled in."""
    one = opened(cases, "水管漏水", industry="property")
    for anyway in ("试",) * 5:
        one = cases.move(one.id, anyway=anyway)
    assert not [each for each in one.wanted if each.kind == "form.nonconformity"]
    one = cases.note(one.id, fields={"corrective": "换阀门"})
    assert {each.key for each in one.wanted if each.kind == "form.nonconformity"} == {
        "fact",
        "cause",
        "preventive",
        "issued-by",
    }


def test_a_customer_is_known_again(cases):
    """However the number is written; others are not; without an id nobody is."""
    first = opened(cases, customer="138 0013 8000")
    second = opened(cases, customer="１３８００１３８０００")
    third = opened(cases, customer="13900139000")
    assert [one.id for one in second.earlier] == [first.id]
    assert cases.record(first.id).earlier == () and third.earlier == ()
    assert {one.id for one in cases.of_customer("138-0013-8000")} == {first.id, second.id}
    assert opened(cases).earlier == () and cases.of_customer("") == []


def test_no_personal_data_is_on_the_disk(tmp_path):
    """Names, numbers and addresses are masked in words, notes and fields; a customer's id is a salted hash."""
    path = tmp_path / "cases.sqlite"
    with closing(open_file(path)) as file:
        cases = Casebook(file, Masker(BOOK), BOOK, "zh")
        text = "我叫李小明，电话13800138000，住在幸福路12号3单元501，退款！"
        one = opened(cases, text, customer="13800138000", fields={"contact": "13800138000", "name": "李小明"})
        cases.move(one.id, note="客户电话13800138000", fields={"wish": "打13800138000退款"}, agent="小林")
        kept = cases.record(one.id)
        assert kept.fields["contact"] == kept.fields["name"] == TAKEN
        assert kept.customer and "13800138000" not in kept.customer
    data = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    for secret in ("13800138000", "李小明", "幸福路12号"):
        assert secret.encode() not in data
    assert hashlib.sha256(b"13800138000").hexdigest().encode() not in data


def test_every_file_has_its_own_salt(tmp_path):
    """The same id has another name in every file, and the same one when the file is opened again."""
    names = []
    for name in ("a", "b", "a"):
        with closing(open_file(tmp_path / name)) as file:
            names.append((hashed("13800138000", salt_of(file)), customer_key("13800138000", salt_of(file))))
    assert names[0] == names[2] != names[1]
    assert len({key for pair in names for key in pair}) == 4


def test_ids_hashed_without_salt_are_salted(tmp_path):
    """A file of version 1 is brought up: its unsalted hashes go, and the case is found under its new name."""
    path = tmp_path / "old.sqlite"
    old = hashlib.sha256(b"13800138000").hexdigest()
    with closing(open_file(path)) as file, file:
        blank = dict.fromkeys(
            ("began", "time", "channel", "agent", "text", "state", "temperament", "rank", "cause"), ""
        )
        names = ", ".join(("id", *blank, "escalate", "signals", "findings"))
        marks = ", ".join("?" * (len(blank) + 4))
        file.execute(f"INSERT INTO cases ({names}) VALUES ({marks})", (old, *blank.values(), 1, "[]", "[]"))
        file.execute("DELETE FROM keys")
        file.execute("PRAGMA user_version = 1")
    with closing(open_file(path)) as file:
        (row,) = file.execute("SELECT id FROM cases").fetchall()
        assert row["id"] == hashed("13800138000", salt_of(file)) != old
    with closing(open_file(path)) as file:
        assert file.execute("SELECT id FROM cases").fetchone()["id"] == row["id"]


def test_an_unknown_case_field_or_task_is_named(cases):
    """With what there is."""
    with pytest.raises(InputError, match="261122-9"):
        cases.record("261122-9")
    one = opened(cases)
    with pytest.raises(UsageError) as error:
        cases.note(one.id, fields={"房号": "301"})
    assert "wish" in error.value.en and "房号" in error.value.zh
    with pytest.raises(UsageError, match="acknowledge"):
        cases.note(one.id, done=("return-visit",))
    with pytest.raises(UsageError, match="phone"):
        opened(cases, channel="鸽子")


def test_numbers_go_on(cases):
    """Ids of a day count up, also past nine."""
    ids = [opened(cases).id for _ in range(11)]
    assert [one.rpartition("-")[2] for one in ids] == [str(number) for number in range(1, 12)]


def test_the_library_finds_what_was_done(cases):
    """Likest first, by words and topic, with remedy and result."""
    late, hair = opened(cases), opened(cases, "面里吃出一根头发，太恶心了！")
    through(cases, late.id)
    found = like("快递九天还没收到货", ("topic.delivery",), cases.records())
    assert [one.id for one in found] == [late.id]
    assert (found[0].remedy, found[0].result) == ("补发", "周四补发送到")
    assert [one.id for one in like("菜里有头发", ("topic.hygiene-safety",), cases.records())] == [hair.id]
    assert like("zzz", (), cases.records()) == []


def test_figures_add_up(cases):
    """Common topics and causes, late tasks, trust of first replies, skipped steps, departments."""
    one, other = opened(cases, customer="7"), opened(cases, "东西发错了，退货", customer="7")
    cases.file.execute(
        "UPDATE tasks SET begun = ?, due = ? WHERE record = ? AND task = 'task.reply'", (*ago(3, 1), one.id)
    )
    cases.file.commit()
    through(cases, one.id)
    cases.move(other.id)
    cases.move(other.id, anyway="试")
    found = figures([cases.record(each.id) for each in cases.records()], BOOK, "zh", STAGES)
    assert (found.cases, found.closed, found.again, found.skipped, found.late) == (2, 1, 1, 1, 1)
    assert (found.problems_closed, found.complaints_closed) == (1, 1)
    assert found.trust == pytest.approx(-50, abs=1)
    assert {each.entry: each.cases for each in found.topics}["topic.refund"] == 2
    assert [each.name for each in found.departments] == ["仓库"]
    assert {each.stage: each.now for each in found.stages} == dict.fromkeys(STAGES, 0) | {"analyse": 1, CLOSED: 1}


def ago(begun, due):
    """Return two points in time, hours ago."""
    return tuple((datetime.now(UTC) - timedelta(hours=hours)).isoformat() for hours in (begun, due))


def test_the_duty_log_is_a_table(cases, tmp_path):
    """003 L163, L168: room taken, departments, result, who was told, with the history."""
    one = opened(cases, "隔壁太吵，空调不制冷！", industry="hotel")
    cases.note(
        one.id,
        "请客人慢慢说",
        fields={"房号": "301", "departments": "工程部", "result": "已换房", "reported-to": "值班经理"},
    )
    table = rows([cases.record(one.id)], BOOK, "zh", form_named("值班日记", BOOK))
    (row,) = table
    assert (row["房号"], row["牵涉部门"], row["已报主管"]) == (TAKEN, "工程部", "值班经理")
    assert "请客人慢慢说" in row["经过"]
    path = tmp_path / "log.xlsx"
    path.write_bytes(table_bytes(table, path))
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[1]] == list(row)
    with pytest.raises(UsageError, match="duty-log"):
        form_named("日历", BOOK)


def test_a_service_and_the_command_line_share_a_file(tmp_path):
    """Two connections at once: both write, both see it."""
    path = tmp_path / "cases.sqlite"
    with closing(open_file(path)) as one, closing(open_file(path)) as other:
        first = opened(Casebook(one, Masker(BOOK), BOOK, "zh"))
        second = opened(Casebook(other, Masker(BOOK), BOOK, "zh"))
        assert first.id != second.id
        assert len(Casebook(one, Masker(BOOK), BOOK, "en").records()) == 2


def test_a_newer_file_is_refused(tmp_path):
    """And one that is no database."""
    path = tmp_path / "new.sqlite"
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match="newer|更新"):
        open_file(path)
    path.write_text("not a database, but long enough to be read as one")
    with pytest.raises(InputError):
        open_file(path)
