"""The wording rules as an Excel workbook that team leads can edit, and back: the import gives an overlay of the changes.

One row a rule, one column a field. A cell holds one item a line; the columns of the better sentences belong together line
by line. A row with 停用 set to 是 disables its rule; a row that is missing changes nothing.
"""

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast, get_args, get_origin, get_type_hints

import msgspec

from temperament import playbook
from temperament.datasets import read_rows
from temperament.errors import InputError
from temperament.playbook import Playbook, loading
from temperament.playbook.shapes import Phrase, Text, WordingRule

_TITLES = {
    "id": "编号",
    "avoid": "不要说",
    "why": "为什么",
    "better": "换成",
    "level": "级别",
    "principle": "原则",
    "states": "情绪",
    "temperaments": "气质",
    "source": "来源",
    "rows": "需求行",
    "disabled": "停用",
}
_LAST = ("source", "rows")
_PHRASE = ("zh", "en", "source", "unless", "channels", "printed")
_NOTHING = "-"
_YES = {"是", "y", "yes", "true", "1", "x", "停用"}
_WIDTHS = {"zh": 44, "en": 44, "avoid": 30, "id": 22}
_WIDTH = 14
_HINTS = get_type_hints(WordingRule)


def export_rules(book: Playbook, path: Path) -> None:
    """Write the wording rules to a workbook, shipped ones that the playbook disables too, marked as such.

    Raises ``InputError`` where the file cannot be written.
    """
    import openpyxl
    from openpyxl.styles import Alignment, Font

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "话术规则"
    columns = _columns()
    sheet.append([_title(column) for column in columns])
    gone = {key: rule for key, rule in playbook.shipped().wording.items() if key not in book.wording}
    for rule in (*book.wording.values(), *gone.values()):
        cells = _cells(msgspec.to_builtins(rule)) | ({"disabled": "是"} if rule.id in gone else {})
        sheet.append([cells.get(column, "") for column in columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            # a phrase that begins with = is no formula
            cell.data_type = "s" if cell.value else cell.data_type
    for cell, column in zip(sheet[1], columns, strict=True):
        sheet.column_dimensions[cell.column_letter].width = _WIDTHS.get(column.rsplit(".", 1)[-1], _WIDTH)
    sheet.freeze_panes = "B2"
    _save(workbook, path)


def import_rules(path: Path, book: Playbook) -> list[dict[str, Any]]:
    """Return the overlay entries that turn the rules of ``book`` into those of a workbook: only what differs.

    Raises ``InputError`` naming the row, the field and what is allowed.
    """
    changes = []
    for number, row in enumerate(read_rows(path), 2):
        cells = {_key(title): _clean(value) for title, value in row.items()}
        if any(cells.values()):
            changes.append(_change(cells, book.wording, path, number))
    return [change for change in changes if len(change) > 1]


def overlay_text(entries: Iterable[Mapping[str, Any]]) -> str:
    """Return overlay entries as the text of a playbook file."""
    import yaml

    return str(yaml.safe_dump(list(entries), allow_unicode=True, sort_keys=False, width=110))


def _columns() -> list[str]:
    columns: list[str] = []
    for name in sorted(WordingRule.__struct_fields__, key=lambda name: name in _LAST):
        kind = _HINTS[name]
        parts = ("zh", "en") if kind is Text else _PHRASE if _is_phrases(kind) else ()
        columns += [f"{name}.{part}" for part in parts] if parts else [name]
    return [*columns, "disabled"]


def _is_phrases(kind: Any) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[0] is Phrase


def _title(column: str) -> str:
    name = column.split(".")[0]
    return f"{_TITLES[name]} {column}" if name in _TITLES else column


def _key(title: str) -> str:
    return title.strip().rsplit(" ", 1)[-1]


def _cells(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of every cell of one rule."""
    cells: dict[str, str] = {}
    for name, value in values.items():
        kind = _HINTS[name]
        if kind is Text:
            cells |= {f"{name}.{part}": text for part, text in value.items()}
        elif _is_phrases(kind):
            cells |= {f"{name}.{part}": _aligned([_cell(one.get(part, "")) for one in value]) for part in _PHRASE}
        elif isinstance(value, list | tuple):
            cells[name] = "\n".join(map(_cell, value))
        else:
            cells[name] = _cell(value)
    return cells


def _aligned(lines: list[str]) -> str:
    """Return lines that keep their places: an empty one is shown as a dash unless all are empty."""
    return "\n".join(line or _NOTHING for line in lines) if any(lines) else ""


def _cell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _clean(value: object) -> str:
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n ")


def _change(cells: Mapping[str, str], rules: Mapping[str, WordingRule], path: Path, number: int) -> dict[str, Any]:
    """Return the overlay entry of one row: its id and the fields that differ from the rule of that id."""
    identifier = cells.get("id", "")
    known = rules.get(identifier)
    if cells.get("disabled", "").lower() in _YES:
        return {"id": identifier, "disabled": True} if known is not None else {"id": identifier}
    values = {name: value for name in WordingRule.__struct_fields__ if (value := _value(name, cells)) is not None}
    base = msgspec.to_builtins(known) if known is not None else {"source": "ours"}
    kept = {name: value for name, value in values.items() if value not in ("", [], ())}
    whole = base | values if known is not None else base | kept
    try:
        rule = msgspec.convert(whole, WordingRule)
    except msgspec.ValidationError as error:
        zh, en = loading.fault_of(WordingRule, str(error))
        raise InputError(f"{path} 第 {number} 行：{zh}。", f"{path} row {number}: {en}.") from error
    after = {name: getattr(rule, name) for name in rule.__struct_fields__}
    if known is None:
        return cast("dict[str, Any]", msgspec.to_builtins(rule))
    changed = {name: after[name] for name in after if after[name] != getattr(known, name)}
    return {"id": identifier, **cast("dict[str, Any]", msgspec.to_builtins(changed))}


def _value(name: str, cells: Mapping[str, str]) -> Any:
    """Return a field's value from its cells; ``None`` where the workbook has no such column."""
    kind = _HINTS[name]
    if kind is Text:
        parts = {part: cells[f"{name}.{part}"] for part in ("zh", "en") if f"{name}.{part}" in cells}
        return parts or None
    if _is_phrases(kind):
        return _phrases(name, cells)
    if name not in cells:
        return None
    if get_origin(kind) is tuple:
        return [_item(line, kind) for line in cells[name].split("\n") if line.strip()]
    return cells[name]


def _item(line: str, kind: Any) -> Any:
    """Return one line of a list as the kind of its items; what is no number stays text and is refused by its shape."""
    whole = "int" in str(get_args(kind)[0])
    return int(line) if whole and line.strip().isdigit() else line.strip()


def _phrases(name: str, cells: Mapping[str, str]) -> list[dict[str, Any]] | None:
    if f"{name}.zh" not in cells:
        return None
    columns = {part: cells.get(f"{name}.{part}", "").split("\n") for part in _PHRASE}
    phrases = []
    for place in range(len(columns["zh"])):
        line = {part: lines[place].strip() if place < len(lines) else "" for part, lines in columns.items()}
        line = {part: "" if text == _NOTHING else text for part, text in line.items()}
        if not line["zh"]:
            continue
        phrase: dict[str, Any] = {"zh": line["zh"], "en": line["en"], "source": line["source"] or "ours"}
        for part in ("unless", "channels"):
            names = [one.strip() for one in line[part].replace("，", ",").split(",") if one.strip()]
            phrase |= {part: names} if names else {}
        phrase |= {"printed": line["printed"]} if line["printed"] else {}
        phrases.append(phrase)
    return phrases


def _save(workbook: Any, path: Path) -> None:
    data = io.BytesIO()
    workbook.save(data)
    try:
        path.write_bytes(data.getvalue())
    except OSError as error:
        raise InputError(
            f"{path} 写不了（{error.strerror}）。请换一个位置，或先关掉打开着它的 Excel。",
            f"{path} cannot be written ({error.strerror}). Choose another place, or close the Excel that holds it open.",
        ) from error
