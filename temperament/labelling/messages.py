"""The messages to label: text and id of every row, each text once."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from temperament.datasets import read_rows, read_texts
from temperament.errors import InputError

ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Message:
    """A message and the id its labels are kept under."""

    id: str
    text: str


def read_messages(path: Path, column: str | None = None) -> list[Message]:
    """Read the messages of a file in their order; blank ones and repetitions are left out.

    The id is the column ``id``, or where a row has none the first 12 hexadecimal digits of the SHA-256 of its text, so
    that it stays the same when rows are added or moved. Raises ``InputError`` when one id stands for two texts.
    """
    texts = read_texts(path, column)
    identifiers = [str(row.get("id") or "").strip() for row in read_rows(path)]
    found: dict[str, Message] = {}
    for text, identifier in zip(texts, identifiers, strict=True):
        if text.strip():
            one = Message(identifier or text_id(text), text)
            if found.setdefault(one.id, one).text != text:
                raise _two_texts(path, one.id)
    if not found:
        raise InputError(f"{path} 里没有可以标注的消息。", f"{path} holds no messages to label.")
    return list(found.values())


def text_id(text: str) -> str:
    """Return the id of a text that came without one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]


def _two_texts(path: Path, identifier: str) -> InputError:
    return InputError(
        f"{path} 里编号 {identifier} 对应两段不同的文字。请改成不同的编号，或去掉 id 列（会按文字自动编号）。",
        f"{path}: the id {identifier} stands for two different texts. Give them different ids, or leave the column id out "
        "(ids are then made from the texts).",
    )
