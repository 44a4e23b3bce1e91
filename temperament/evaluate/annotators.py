"""Annotators of a file or of several: columns, lists of votes, one row an annotation, or one file an annotator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from temperament.datasets import TEXT_COLUMNS, Row, as_text, find_column, present_columns, read_rows
from temperament.errors import InputError, UsageError
from temperament.evaluate import votes
from temperament.evaluate.votes import NAMES, Vote
from temperament.labels import HEADS, LABELS, Head

ANNOTATOR_COLUMNS = ("annotator", "coder", "rater", "worker", "标注者", "标注员", "标注人", "评分者")


@dataclass(frozen=True, slots=True)
class Item:
    """One message and every annotator's labels of it, in the order of the annotators; ``None`` where one gave none."""

    id: str
    text: str
    votes: Mapping[Head, tuple[Vote, ...]]


@dataclass(frozen=True, slots=True)
class Annotations:
    """What several annotators said of the same messages; ``annotators`` names them, head by head."""

    items: tuple[Item, ...]
    annotators: Mapping[Head, tuple[str, ...]]


@dataclass(slots=True)
class _Sheet:
    """Labels while they are gathered: key of the message → (id, text), and head → annotator → label."""

    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    labels: dict[str, dict[Head, dict[str, Vote]]] = field(default_factory=dict)


def read_annotations(paths: Sequence[Path], columns: Sequence[str] = ()) -> Annotations:
    """Read several annotators' labels: one file each, joined by id (else by text), or one file with all of them.

    In one file they are lists (votes_t, votes_s), columns (state_1, state_2 …), rows with a column ``annotator``, or the
    columns named. Raises ``InputError`` where fewer than two annotators are found, naming the columns there are.
    """
    tables = [(path, read_rows(path)) for path in paths]
    empty = next((path for path, rows in tables if not rows), None)
    if empty is not None:
        raise InputError(f"{empty} 里没有消息。", f"{empty} holds no messages.")
    if len(tables) > 1:
        return _finished(_joined(tables), tables[0])
    path, rows = tables[0]
    names = present_columns(rows, len(rows))
    who = find_column(names, ANNOTATOR_COLUMNS)
    if columns:
        return _finished(_by_columns(rows, _chosen(rows, columns, names, path)), tables[0])
    found = _by_columns(rows, {head: votes.vote_columns(names, head) for head in HEADS})
    if not any(found.labels.values()):
        found = _by_lists(rows, names)
    if not any(found.labels.values()) and who is not None:
        found = _by_rows([(as_text(row[who]).strip(), row) for row in rows if as_text(row.get(who)).strip()], path)
    return _finished(found, tables[0])


def _joined(tables: Sequence[tuple[Path, list[Row]]]) -> _Sheet:
    names = [path.stem for path, _ in tables]
    shown = names if len(set(names)) == len(names) else [str(path) for path, _ in tables]
    marked = [(name, row) for name, (_, rows) in zip(shown, tables, strict=True) for row in rows]
    return _by_rows(marked, tables[0][0])


def _by_rows(marked: Sequence[tuple[str, Row]], path: Path) -> _Sheet:
    """Gather rows that hold one annotator's labels of one message each."""
    columns = present_columns([row for _, row in marked], len(marked))
    named = {head: find_column(columns, NAMES[head]) for head in HEADS}
    keyed = all(as_text(row.get("id")).strip() for _, row in marked)
    sheet = _Sheet()
    for name, row in marked:
        place = _place(row, columns)
        key = place[0] if keyed else place[1]
        if not key.strip():
            continue
        sheet.places.setdefault(key, place)
        for head, column in named.items():
            if column is not None and (label := votes.as_label(head, row.get(column))) is not None:
                given = sheet.labels.setdefault(key, {}).setdefault(head, {})
                if given.setdefault(name, label) != label:
                    raise _twice(name, key, given[name], label, path)
    return sheet


def _twice(name: str, key: str, first: Vote, second: str, path: Path) -> InputError:
    return InputError(
        f"{path}：{name} 对同一条消息（{key[:40]}）给了两个标签：{first} 和 {second}。请只留一个。",
        f"{path}: {name} gave the same message ({key[:40]}) two labels, {first} and {second}. Keep one.",
    )


def _by_columns(rows: Sequence[Row], chosen: Mapping[Head, Mapping[str, str]]) -> _Sheet:
    sheet, columns = _Sheet(), present_columns(rows, len(rows))
    for number, row in enumerate(rows):
        key = str(number)
        sheet.places[key] = _place(row, columns)
        for head, named in chosen.items():
            given = {who: votes.as_label(head, row.get(column)) for who, column in named.items()}
            if given:
                sheet.labels.setdefault(key, {})[head] = given
    return sheet


def _by_lists(rows: Sequence[Row], columns: Sequence[str]) -> _Sheet:
    sheet = _Sheet()
    for number, row in enumerate(rows):
        key = str(number)
        sheet.places[key] = _place(row, columns)
        for head in HEADS:
            name = votes.list_column(columns, head)
            given = votes.listed(head, row.get(name)) if name else ()
            if given:
                named = {str(place): vote for place, vote in enumerate(given, 1)}
                sheet.labels.setdefault(key, {})[head] = named
    return sheet


def _chosen(
    rows: Sequence[Row], columns: Sequence[str], present: Sequence[str], path: Path
) -> dict[Head, dict[str, str]]:
    """Return the named columns under the head whose labels they hold most."""
    missing = [one for one in columns if one not in present]
    if missing:
        raise UsageError(
            f"{path} 里没有名为 {missing[0]} 的列；现有的列：{'、'.join(present)}。",
            f"{path} has no column named {missing[0]}; it has: {', '.join(present)}.",
        )

    def known(head: Head) -> int:
        return sum(votes.as_label(head, row.get(one)) in LABELS[head] for row in rows for one in columns)

    return {max(reversed(HEADS), key=known): {one: one for one in columns}}


def _place(row: Row, columns: Sequence[str]) -> tuple[str, str]:
    """Return id and text of a row, each empty where there is none."""
    name = find_column(columns, TEXT_COLUMNS)
    return as_text(row.get("id")).strip(), as_text(row.get(name)) if name else ""


def _finished(sheet: _Sheet, first: tuple[Path, list[Row]]) -> Annotations:
    named = {
        head: tuple(dict.fromkeys(who for given in sheet.labels.values() for who in given.get(head, ())))
        for head in HEADS
    }
    if all(len(one) < 2 for one in named.values()):
        raise _alone(first[0], present_columns(first[1], len(first[1])))
    items = (
        Item(
            *place,
            {head: tuple(sheet.labels.get(key, {}).get(head, {}).get(who) for who in named[head]) for head in HEADS},
        )
        for key, place in sheet.places.items()
    )
    return Annotations(tuple(items), named)


def _alone(path: Path, columns: Sequence[str]) -> InputError:
    return InputError(
        f"{path} 里找不到两位标注者：要有 votes_t、votes_s（每格一组标签），或 state_1、state_2 这样的列，或一行一次标注并有 annotator "
        f"列，或每人一个文件。现有的列：{'、'.join(columns)}。也可用 --columns 指明各人的列。",
        f"{path} does not hold two annotators: it needs votes_t or votes_s (a list of labels a cell), or columns such as state_1 and "
        f"state_2, or a row for every annotation with a column annotator; or give one file for each annotator. It has: "
        f"{', '.join(columns)}. Or name their columns with --columns.",
    )
