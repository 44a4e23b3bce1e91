"""Read one playbook file into its typed shape; errors name the file, the line, the field and what is allowed."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml
from msgspec import inspect

from temperament.errors import PlaybookError
from temperament.playbook import shapes
from temperament.playbook.shapes import Entry, Shape

Kind = TypeVar("Kind", bound=Entry)
KINDS: dict[str, type[Entry]] = {
    "temperaments": shapes.TemperamentStrategy,
    "states": shapes.StateStrategy,
    "groups": shapes.Group,
    "wording": shapes.WordingRule,
    "causes": shapes.Cause,
    "topics": shapes.Topic,
    "bursts": shapes.Burst,
    "tags": shapes.Tag,
    "signals": shapes.Signal,
    "moves": shapes.MoveRule,
    "pledges": shapes.Pledge,
    "channels": shapes.ChannelPack,
    "scripts": shapes.Script,
    "guidelines": shapes.Guideline,
    "procedure": shapes.StageRule,
    "forms": shapes.Form,
    "tasks": shapes.Task,
    "grading": shapes.Grade,
    "authority": shapes.Authority,
    "letters": shapes.Letter,
    "trades": shapes.Trade,
    "replies": shapes.Reply,
    "drills": shapes.Drill,
    "slots": shapes.Slot,
    "checks": shapes.Check,
    "parts": shapes.ReplyPart,
    "spellings": shapes.Spelling,
    "masks": shapes.Mask,
    "measures": shapes.Measure,
    "rubrics": shapes.Rubric,
    "matters": shapes.Matter,
}
"""The kinds of entries: the stem of the file and the shape of what stands in it."""
_DISABLED = "disabled"
_STRING, _LIST, _TABLE = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
_PATH = re.compile(r" - at `\$([^`]*)`$")
_PART = re.compile(r"\[(\d+)\]|\.(\w+)")


def read(path: Path, shape: type[Kind]) -> dict[str, Kind]:
    """Return the entries of a file by id, in their order; raises ``PlaybookError``."""
    root, items = _parse(path)
    try:
        entries: list[Kind] = msgspec.convert(items, list[shape])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise _explain(path, root, shape, str(error)) from error
    by_id: dict[str, Kind] = {}
    for index, entry in enumerate(entries):
        _refuse_twice(path, root, index, entry.id, by_id)
        by_id[entry.id] = entry
    return by_id


def read_over(path: Path, shape: type[Kind], base: Mapping[str, Kind]) -> dict[str, Kind]:
    """Return ``base`` with the entries of a file laid over it: added, changed field by field, or disabled.

    A file of comments alone changes nothing. Raises ``PlaybookError`` for a faulty entry, an id that stands twice, or
    a disabled one that is not in ``base``.
    """
    root, items = _parse(path, empty=True)
    merged = dict(base)
    seen: dict[str, None] = {}
    for index, item in enumerate(items):
        known = base.get(item.get("id", "")) if isinstance(item, dict) else None
        if isinstance(item, dict):
            _refuse_twice(path, root, index, str(item.get("id", "")), seen)
            seen[str(item.get("id", ""))] = None
        if isinstance(item, dict) and item.get(_DISABLED) is True:
            merged.pop(_known(path, root, index, item.get("id"), base))
            continue
        whole = msgspec.to_builtins(known) | item if known is not None else item
        try:
            entry = msgspec.convert(whole, shape)
        except msgspec.ValidationError as error:
            raise _explain(path, root, shape, str(error), index) from error
        merged[entry.id] = entry
    return merged


def _refuse_twice(path: Path, root: yaml.Node, index: int, identifier: str, seen: Mapping[str, object]) -> None:
    if identifier in seen:
        line = _walk(root, [index]).start_mark.line + 1
        raise broken(path, line, f"编号 {identifier} 出现了两次", f"the id {identifier} occurs twice")


def _known(path: Path, root: yaml.Node, index: int, identifier: object, base: Mapping[str, Kind]) -> str:
    """Return the id of an entry to be disabled, or refuse one that is not there."""
    if identifier in base:
        return str(identifier)
    line = _walk(root, [index]).start_mark.line + 1
    raise broken(path, line, f"要停用的 {identifier} 不存在", f"{identifier}, to be disabled, does not exist")


def plain(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain values in the order of the files: the id first, rows and source last."""
    values: dict[str, Any] = msgspec.to_builtins(entry)
    last = {name: values.pop(name) for name in ("rows", "source") if name in values}
    return values | last


def broken(path: Path, line: int, zh: str, en: str) -> PlaybookError:
    """Make the error for a fault at a line of a playbook file."""
    return PlaybookError(f"{path}:{line}：{zh}。", f"{path}:{line}: {en}.")


def _parse(path: Path, *, empty: bool = False) -> tuple[yaml.Node, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise broken(path, 1, f"读不了（{error}）", f"cannot be read ({error})") from error
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        root: yaml.Node | None = loader.get_single_node()
        items = _values(root, loader) if root is not None else None
    except (yaml.MarkedYAMLError, yaml.reader.ReaderError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", "")
        line = mark.line + 1 if mark else 1
        raise broken(path, line, f"不是合格的 YAML（{problem}）", f"is not valid YAML ({problem})") from error
    except RecursionError as error:
        raise broken(path, 1, "有一条包含它自己", "an entry contains itself") from error
    if root is None and empty:
        return yaml.SequenceNode("", []), []
    if root is None or not isinstance(items, list):
        raise broken(
            path, 1, "应是一个条目列表（每条以“- id:”开头）", "must be a list of entries (each begins '- id:')"
        )
    return root, items


def _values(node: yaml.Node, loader: Any) -> Any:
    """Return plain values of a node: what the loader constructs, in half the time where all is strings and lists."""
    if node.tag == _STRING and isinstance(node, yaml.ScalarNode):
        return node.value
    if node.tag == _LIST and isinstance(node, yaml.SequenceNode):
        return [_values(one, loader) for one in node.value]
    if node.tag == _TABLE and isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value if key.tag == _STRING and isinstance(key, yaml.ScalarNode)]
        if len(keys) == len(node.value):
            return {key: _values(one, loader) for key, (_, one) in zip(keys, node.value, strict=True)}
    return loader.construct_object(node, deep=True)


def _explain(path: Path, root: yaml.Node, shape: type[Shape], message: str, index: int | None = None) -> PlaybookError:
    """Make the error for a message of msgspec about a list of entries, or about the one at ``index``."""
    steps, fault = _located(message)
    if index is not None:
        steps.insert(0, index)
    field, allowed = _named(shape, steps[1:])
    line = _walk(root, steps).start_mark.line + 1
    return broken(path, line, *describe(field, fault, allowed))


def fault_of(shape: type[Shape], message: str) -> tuple[str, str]:
    """Return a message of msgspec about one entry, in Chinese and English, with field and allowed values."""
    steps, fault = _located(message)
    field, allowed = _named(shape, steps)
    return describe(field, fault, allowed)


def describe(field: str, fault: str, allowed: list[str]) -> tuple[str, str]:
    """Return what is wrong with a field and what it allows, in Chinese and English."""
    zh = f"字段 {field} 不合规定（{fault}）" + (f"；可用：{'、'.join(allowed)}" if allowed else "")
    en = f"field {field}: {fault}" + (f"; allowed: {', '.join(allowed)}" if allowed else "")
    return zh, en


def _located(message: str) -> tuple[list[int | str], str]:
    """Return the path that a message of msgspec ends with, and the message without it."""
    match = _PATH.search(message)
    steps: list[int | str] = [
        int(place) if place else name for place, name in _PART.findall(match.group(1) if match else "")
    ]
    return steps, message[: match.start()] if match else message


def _named(shape: type[Shape], steps: list[int | str]) -> tuple[str, list[str]]:
    """Return the name of the field a path within an entry leads to, and what it allows."""
    field = ".".join(step for step in steps if isinstance(step, str)) or "id"
    return field, _allowed(inspect.type_info(shape), steps)


def _walk(node: yaml.Node, steps: list[int | str]) -> yaml.Node:
    """Follow list positions and field names as far as the file goes; the last node found gives the line."""
    for step in steps:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), node)
    return node


def _allowed(kind: inspect.Type, steps: list[int | str]) -> list[str]:
    """List the values a field allows where it is a choice, or the fields an entry allows."""
    for step in steps:
        if isinstance(kind, inspect.UnionType):
            kind = next((one for one in kind.types if isinstance(one, inspect.StructType)), kind)
        if isinstance(step, int):
            kind = getattr(kind, "item_type", kind)
        elif isinstance(kind, inspect.StructType):
            kind = next((one.type for one in kind.fields if one.name == step), kind)
    if isinstance(kind, inspect.LiteralType):
        return [str(value) for value in kind.values]
    return [one.name for one in kind.fields] if isinstance(kind, inspect.StructType) else []
