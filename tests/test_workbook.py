"""The wording rules go to Excel and come back; what was changed, and only that, becomes the overlay."""

from dataclasses import replace

import openpyxl
import pytest
from msgspec import structs

from temperament import playbook
from temperament.errors import InputError
from temperament.workbook import export_rules, import_rules, overlay_text

BOOK = playbook.shipped()
NEW = {
    "id": "own-rule",
    "avoid": "随便你\n爱买不买",
    "why.zh": "赶客人走。",
    "why.en": "It sends customers away.",
    "better.zh": "您看怎样合适？\n我帮您比一比。",
    "better.en": "What would suit you?\nLet me compare for you.",
    "better.unless": "-\nangry，anxious",
    "level": "error",
    "principle": "留住客人",
    "states": "angry\ncalm",
}


@pytest.fixture
def path(tmp_path):
    """A fresh workbook of the shipped rules."""
    export_rules(BOOK, tmp_path / "rules.xlsx")
    return tmp_path / "rules.xlsx"


def edit(path, **changes):
    """Set cells by (row id, field); a row id that is not there is added at the end."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.active
    columns = {str(cell.value).split()[-1]: cell.column for cell in sheet[1]}
    rows = {sheet.cell(number, 1).value: number for number in range(2, sheet.max_row + 1)}
    for identifier, cells in changes.items():
        number = rows.get(identifier.replace("_", "-"), sheet.max_row + 1)
        for name, value in cells.items():
            sheet.cell(number, columns[name]).value = value
    workbook.save(path)


def test_nothing_changed_gives_nothing(path):
    """Every field of every rule survives the way out and back."""
    assert import_rules(path, BOOK) == []


def test_a_round_trip_of_the_overlay(path, tmp_path):
    """Changed, added and disabled rules, written as an overlay, give exactly those rules."""
    edit(path, calm_down={"level": "warning", "avoid": "请你冷静一下\n冷静点"}, cannot={"disabled": "是"}, own_rule=NEW)
    changes = import_rules(path, BOOK)
    assert {one["id"]: set(one) - {"id"} for one in changes if one["id"] != "own-rule"} == {
        "calm-down": {"level", "avoid"},
        "cannot": {"disabled"},
    }
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "wording.yaml").write_text(overlay_text(changes), encoding="utf-8")
    book = playbook.overlay(tmp_path / "own")
    assert book.wording["calm-down"].avoid == ("请你冷静一下", "冷静点")
    assert book.wording["calm-down"].why == BOOK.wording["calm-down"].why
    assert "cannot" not in book.wording
    own = book.wording["own-rule"]
    assert own.avoid == ("随便你", "爱买不买")
    assert [(one.zh, one.unless, one.source) for one in own.better] == [
        ("您看怎样合适？", (), "ours"),
        ("我帮您比一比。", ("angry", "anxious"), "ours"),
    ]
    export_rules(book, tmp_path / "again.xlsx")
    assert import_rules(tmp_path / "again.xlsx", book) == []
    again = {one["id"]: one for one in import_rules(tmp_path / "again.xlsx", BOOK)}
    assert again == {one["id"]: one for one in changes}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"level": "fatal"}, "字段 level 不合规定"),
        ({"states": "cross"}, "可用：angry、anxious、calm、confused、difficult"),
        ({"avoid": ""}, "字段 avoid 不合规定"),
        ({"source": "somewhere"}, "字段 source 不合规定"),
    ],
)
def test_a_wrong_cell_names_row_field_and_what_is_allowed(path, cells, words):
    """The row of the sheet, the field, and the choices where there are choices."""
    edit(path, calm_down=cells)
    number = 2 + list(BOOK.wording).index("calm-down")
    with pytest.raises(InputError, match=r".") as caught:
        import_rules(path, BOOK)
    assert f"rules.xlsx 第 {number} 行：" in caught.value.zh
    assert f"row {number}: " in caught.value.en
    assert words in caught.value.zh


def test_a_missing_column_changes_nothing(path):
    """A sheet of ids and levels alone changes levels alone."""
    workbook = openpyxl.Workbook()
    for row in (["编号 id", "级别 level"], ["calm-down", "warning"], ["cannot", "warning"]):
        workbook.active.append(row)
    workbook.save(path)
    assert import_rules(path, BOOK) == [{"id": "calm-down", "level": "warning"}]


def test_a_phrase_that_looks_like_a_formula_is_text(tmp_path):
    """A cell that begins with = is shown, not calculated."""
    rule = structs.replace(BOOK.wording["calm-down"], principle="=1+1")
    changed = replace(BOOK, wording=BOOK.wording | {rule.id: rule})
    export_rules(changed, tmp_path / "rules.xlsx")
    assert import_rules(tmp_path / "rules.xlsx", BOOK) == [{"id": "calm-down", "principle": "=1+1"}]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    """The folder has to be there."""
    with pytest.raises(InputError, match=r"x\.xlsx"):
        export_rules(BOOK, tmp_path / "没有" / "x.xlsx")
