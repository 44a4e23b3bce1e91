"""Trust by the manual's formula: early, on time, late; spans as people write them; tables of cases."""

from datetime import timedelta

import openpyxl
import pytest

import temperament as tm
from temperament.errors import InputError, UsageError
from temperament.promises import minutes, read_cases, report, trust


@pytest.mark.parametrize(
    ("promised", "replied", "score"),
    [
        ("24h", "3h", 87.5),
        ("24h", "0h", 100),
        ("24h", "24h", 0),
        ("24h", "30h", -25),
        ("1天", "36小时", -50),
        ("2d", "1d", 50),
        (120, 30, 75),
        (timedelta(hours=4), timedelta(hours=1), 75),
    ],
)
def test_the_formula_of_the_manual(promised, replied, score):
    """001 L13: (1 − time taken ÷ time promised) × 100."""
    found = trust(promised, replied)
    assert found.score == score
    assert found.late is (score < 0)
    assert found.left == found.promised - found.replied


def test_it_is_public_again_and_again():
    """``tm.trust`` stays a function after its room has been imported."""
    assert [tm.trust("24h", "3h").score for _ in range(2)] == [87.5, 87.5]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("24h", 1440),
        ("90m", 90),
        ("90 min", 90),
        ("2d", 2880),
        ("1h30m", 90),
        ("1.5h", 90),
        ("1天", 1440),
        ("3小时", 180),
        ("3 个小时", 180),
        ("半小时", 30),
        ("半天", 720),
        ("一个半小时", 90),
        ("三个半小时", 210),
        ("一天半", 2160),
        ("十二小时", 720),
        ("二十四小时", 1440),
        ("两天", 2880),
        ("1天2小时", 1560),
        ("２４ｈ", 1440),
        ("30", 30),
        ("1周", 10080),
        ("90秒", 1.5),
    ],
)
def test_spans_as_people_write_them(text, value):
    """Latin and Chinese units, digits and numerals, halves, sums."""
    assert minutes(text) == value


@pytest.mark.parametrize("text", ["", "很快", "24x", "-3h", "3h later", "h", "nan"])
def test_what_is_no_span_is_refused(text):
    """The message shows how to write one, in both languages."""
    with pytest.raises(UsageError, match=r".") as caught:
        minutes(text)
    assert "24h" in caught.value.zh
    assert "24h" in caught.value.en


@pytest.mark.parametrize("promised", ["0h", 0])
def test_a_promise_of_no_time_is_refused(promised):
    """Nothing can be divided by it."""
    with pytest.raises(UsageError, match="above zero|大于零"):
        trust(promised, "1h")


@pytest.mark.parametrize("span", [-1, float("inf"), timedelta(hours=-1)])
def test_impossible_numbers_are_refused(span):
    """A span is a time that can pass."""
    with pytest.raises(UsageError, match="24h"):
        trust("1h", span)


CASES = [["编号", "承诺", "回复"], ["A1", "24h", "3h"], ["A2", "1天", "36小时"]]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_table_of_cases(tmp_path, suffix):
    """Chinese or English column names, CSV or Excel; the mean and the late ones."""
    path = tmp_path / f"cases.{suffix}"
    if suffix == "csv":
        path.write_bytes("\n".join(",".join(row) for row in CASES).encode("gb18030"))
    else:
        workbook = openpyxl.Workbook()
        for row in CASES:
            workbook.active.append(row)
        workbook.save(path)
    found = read_cases(path)
    assert [(one.case, one.score) for one in found.cases] == [("A1", 87.5), ("A2", -50.0)]
    assert (found.mean, found.late) == (18.75, 1)


def test_points_in_time(tmp_path):
    """With the time of receipt, promised and answered are dates."""
    path = tmp_path / "cases.csv"
    path.write_text(
        "case,received,promised,replied\nA,2024-05-01 09:00,2024-05-02 09:00,2024/05/01 12:00\n", encoding="utf-8"
    )
    assert read_cases(path).cases[0].score == 87.5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("承诺,用时\n24h,3h\n", "第 1 条缺少承诺或回复的时间"),
        ("承诺,回复\n24h,很快\n", "第 1 条：看不懂时长“很快”"),
        ("承诺,回复\n24h,3h\n,2h\n", "第 2 条缺少"),
        ("承诺,回复,受理时间\n2024-05-02,2024-05-01,昨天\n", "第 1 条：看不懂时长“昨天”"),
    ],
)
def test_a_faulty_row_is_named(tmp_path, content, words):
    """The number of the row, and what is wrong with it."""
    path = tmp_path / "cases.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r".") as caught:
        read_cases(path)
    assert words in caught.value.zh


def test_a_report_of_nothing():
    """No case has no mean."""
    assert report([]).mean is None
    assert report([]).late == 0
