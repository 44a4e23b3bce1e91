"""The labeller's screen as lines of text: the message, what is chosen, the keys; and the codebook in pages."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from temperament.labelling import session as keys
from temperament.labelling.codebook import Codebook, Meaning
from temperament.labelling.session import Session
from temperament.labelling.store import Label
from temperament.labels import HEADS, LABELS, NAMES, Head
from temperament.language import Language
from temperament.render.words import STYLES, printable, word

_WORDS: dict[str, tuple[str, str]] = {
    "labelled": ("已标", "labelled"),
    "page": ("第 {} / {} 页", "page {} / {}"),
    "turn": ("PgDn 翻页", "PgDn turns the page"),
    "save": ("保存", "save"),
    "undo": ("撤销", "undo"),
    "back": ("上一条", "back"),
    "skip": ("跳过", "skip"),
    "note": ("备注", "note"),
    "codebook": ("标注手册", "codebook"),
    "quit": ("退出", "quit"),
    "you": ("你", "you"),
    "model": ("模型", "model"),
    "before": ("上一条", "last"),
    "same": ("一致", "agree"),
    "suggests": ("模型看作", "the model reads"),
    "typing": ("备注（Enter 记下，Esc 放弃）：", "note (Enter keeps it, Esc drops it): "),
    "done": ("标完了。", "All done."),
    "left": ("跳过 {} 条，下次运行还会出现。", "{} skipped; they come again in the next run."),
    "how_on": ("b 上一条   u 撤销   x 退出", "b back   u undo   x quit"),
    "leave": ("其他键返回", "any other key goes back"),
    "rules": ("怎么定", "how to decide"),
    "not": ("不算", "not"),
    "says": ("如", "as in"),
    "no_temperament": ("还没选气质（1–5）。", "No temperament chosen yet (1–5)."),
    "no_state": ("还没选情绪（q w e r t）。", "No state chosen yet (q w e r t)."),
    "nothing_to_undo": ("没有可撤销的。", "There is nothing to undo."),
    "first": ("这是第一条。", "This is the first message."),
    "last": ("后面没有了。", "There is nothing further."),
}

_INDENT = "  "


def screen(session: Session, book: Codebook, width: int, height: int, language: Language) -> list[Text]:
    """Return the screen, ``height`` lines of at most ``width`` columns; the session's page is brought into bounds."""
    if session.mode == "codebook":
        return _paged(session, codebook_lines(book, width, language), width, height, language)
    top = [_header(session, width, language), _rule(width)]
    bottom = [_rule(width), *_wrap(_foot(session, language), width)]
    body = _body(session, width, max(height - len(top) - len(bottom), 1), language)
    return [*top, *body, *bottom][:height]


def codebook_lines(book: Codebook, width: int, language: Language) -> list[Text]:
    """Return the whole codebook as lines."""
    parts: list[Text] = []
    for head in HEADS:
        parts.append(Text(word(head, language), "bold underline"))
        for label in LABELS[head]:
            parts.extend(_meaning(label, book.meaning(head, label), language))
    parts += [Text(book.also.show(language)), Text(), Text(_say("rules", language), "bold underline")]
    parts += [Text(f"{_INDENT}· {rule.show(language)}") for rule in book.rules]
    return _wrap(parts, width)


def _meaning(label: str, meaning: Meaning, language: Language) -> list[Text]:
    return [
        Text.assemble(
            (NAMES[label].show(language), f"bold {STYLES[label]}"), "  ", (meaning.ask.show(language), "dim")
        ),
        Text(f"{_INDENT}{meaning.is_.show(language)}"),
        Text(f"{_INDENT}{_say('says', language)}: {meaning.says}", "green"),
        Text(f"{_INDENT}{_say('not', language)}: {meaning.not_.show(language)}", "dim"),
    ]


def _say(key: str, language: Language) -> str:
    return _WORDS[key][language == "en"]


def _wrap(parts: Sequence[Text], width: int) -> list[Text]:
    """Break texts into lines of at most ``width`` columns; Chinese characters count two. An indent stays."""
    console = Console(width=width, height=1)
    lines: list[Text] = []
    for part in parts:
        indent = _INDENT if part.plain.startswith(_INDENT) else ""
        broken = part[len(indent) :].wrap(console, width - len(indent))
        lines.extend(Text(indent) + line for line in broken)
    return lines


def _rule(width: int) -> Text:
    return Text("─" * width, "dim")


def _fitted(text: Text, width: int) -> Text:
    text.truncate(width, overflow="ellipsis")
    return text


def _header(session: Session, width: int, language: Language) -> Text:
    place = f"{min(session.place + 1, len(session.messages))} / {len(session.messages)}"
    who = f"  {session.annotator}" if session.annotator else ""
    done = f"  {_say('labelled', language)} {len(session.given)}"
    where = "" if session.current is None else f"  #{printable(session.current.id)}"
    return _fitted(Text.assemble(("temperament label  ", "bold"), place, done, who, (where, "dim")), width)


def _body(session: Session, width: int, height: int, language: Language) -> list[Text]:
    if session.current is None:
        left = session.skipped()
        parts = [Text(_say("done", language), "bold green")]
        parts += [Text(_say("left", language).format(left))] if left else []
        return _filled(_wrap(parts, width), height)
    return _paged(session, _wrap([Text(printable(session.current.text))], width), width, height, language)


def _paged(session: Session, lines: list[Text], width: int, height: int, language: Language) -> list[Text]:
    """Return one page of lines, filled to ``height``; where there are several, the last line tells which."""
    book = session.mode == "codebook"
    if len(lines) <= height and not book:
        session.page = 0
        return _filled(lines, height)
    room = max(height - 1, 1)
    pages = -(-len(lines) // room)
    session.page = min(session.page, pages - 1)
    shown = lines[session.page * room : (session.page + 1) * room]
    told = [_say("page", language).format(session.page + 1, pages)]
    told += [_say("turn", language)] if pages > 1 else []
    told += [_say("leave", language)] if book else []
    return [*_filled(shown, room), _fitted(Text(" · ".join(told), "reverse"), width)]


def _filled(lines: list[Text], height: int) -> list[Text]:
    return [*lines, *(Text() for _ in range(height - len(lines)))]


def _foot(session: Session, language: Language) -> list[Text]:
    if session.mode == "note":
        return [Text.assemble((_say("typing", language), "bold"), printable(session.typed), ("▏", "blink"))]
    told = _told(session, language)
    if session.current is None:
        return [*told, Text(_say("how_on", language))]
    draft = session.draft
    choices = [
        _row("temperament", keys.TEMPERAMENT_KEYS, {draft.temperament}, language),
        _row("state", keys.STATE_KEYS, {draft.state}, language),
        _row("also", keys.ALSO_KEYS, set(draft.also), language),
    ]
    note = [Text(f"{_say('note', language)}: {printable(draft.note)}", "italic")] if draft.note else []
    return [*told, *choices, *note, _actions(language)]


def _row(name: str, table: dict[str, Any], chosen: set[Any], language: Language) -> Text:
    """Return one row of choices; the chosen ones stand in brackets, for screens without colour."""
    parts: list[Any] = [(f"{word(name, language):<{7 if language == 'zh' else 12}}", "bold")]
    for key, label in table.items():
        mark = ("[{}]" if label in chosen else " {} ").format(f"{key} {short(label, language)}")
        parts += [(mark, f"bold reverse {STYLES[label]}" if label in chosen else ""), " "]
    return Text.assemble(*parts)


def short(label: str, language: Language) -> str:
    """Return the name of a label without its figure."""
    return NAMES[label].show(language).split("·")[0].strip()


def _actions(language: Language) -> Text:
    table = {
        "Enter": "save",
        keys.UNDO: "undo",
        keys.BACK: "back",
        keys.SKIP: "skip",
        keys.NOTE: "note",
        keys.BOOK: "codebook",
        keys.QUIT: "quit",
    }
    return Text("   ".join(f"{key} {_say(name, language)}" for key, name in table.items()), "dim")


def _told(session: Session, language: Language) -> list[Text]:
    """Return what is to be told above the keys: a hint, the model's reading, or how the last label compares with it."""
    if session.hint:
        return [Text(_say(session.hint, language), "bold yellow")]
    read = session.suggestion
    if read is not None:
        return [Text.assemble((f"{_say('suggests', language)}: ", "dim"), _labels(read, language), _chance(read))]
    label = session.last
    if label is None or not label.suggestion:
        return [Text()]
    return [_compared(label, label.suggestion, session, language)]


def _compared(label: Label, read: dict[str, Any], session: Session, language: Language) -> Text:
    own: dict[str, Any] = {head: getattr(label, head) for head in HEADS}
    same, compared = session.agreement()
    signs = "".join("✓" if own[head] == read[head] else "✗" for head in HEADS)
    total = "  ".join(f"{word(head, language)} {same[head]}/{compared}" for head in HEADS)
    return Text.assemble(
        (f"{_say('before', language)}  ", "dim"),
        f"{_say('you', language)} {_labels(own, language)}  {_say('model', language)} {_labels(read, language)} ",
        (signs, "bold green" if "✗" not in signs else "bold yellow"),
        (f"  {_say('same', language)} {total}", "dim"),
    )


def _labels(labels: dict[str, Any], language: Language) -> str:
    return "·".join(short(labels[head], language) for head in HEADS)


def _chance(read: dict[str, Any]) -> tuple[str, str]:
    chances: dict[Head, float] = read["probability"]
    return "  " + " / ".join(f"{chances[head]:.0%}" for head in HEADS), "dim"
