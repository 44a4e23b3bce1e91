"""Plain text: 客户：… and 客服：… in their variants, and chat logs with a line of name and time above every message."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from temperament.moments import DAY, STAMP, moment
from temperament.turns import Transcript, Turn, moves_in, unknown_speaker
from temperament.turns.speakers import Speaker, own_name, speaker_named

_NAME = r"[^\s：:\[\]【】()（）<>《》,，。!！?？]{1,24}"
_TIMED = (
    re.compile(
        rf"^\s*[\[【(（]?\s*(?P<time>{STAMP})\s*[\]】)）]?[\s,，\-—–|]*[\[【<]?(?P<name>[^：:\n]{{1,30}}?)[\]】>]?\s*[：:]\s*(?P<text>.*)$"
    ),
    re.compile(rf"^\s*(?P<name>{_NAME})\s+[\[【(（]?(?P<time>{STAMP})[\]】)）]?\s*[：:](?!\d\d\s*$)\s*(?P<text>.*)$"),
)
_PLAIN = re.compile(
    rf"^\s*(?:[-*•·]\s*|\d{{1,3}}[.、]\s*)?[\[【<(（]?(?P<name>{_NAME}(?: {_NAME})?)"
    rf"(?:\s*[(（\[](?P<more>[^()（）\[\]]{{1,20}})[)）\]])?[\]】>)）]?\s*[：:]\s*(?P<text>.*)$"
)
_BRACKETS = re.compile(rf"^\s*[\[【<](?P<name>{_NAME})[\]】>]\s*(?P<text>.*)$")
_HEADERS = (
    re.compile(rf"^\s*(?P<name>\S[^\n]{{0,40}}?)\s*[(（\[【]?\s*(?P<time>{STAMP})\s*[)）\]】]?\s*[：:]?\s*(?P<text>)$"),
    re.compile(
        rf"^\s*[(（\[【]?(?P<time>{STAMP})[)）\]】]?\s+(?P<name>[^\s，。！？!?][^\n，。！？!?]{{0,30}}?)\s*(?P<text>)$"
    ),
    re.compile(rf"^\s*(?P<name>[^\n()（）]{{1,40}}?)\s*[(（](?P<time>{STAMP})[)）]\s*[：:]\s*(?P<text>.*)$"),
)
_DATE_LINE = re.compile(rf"^[\s\-—–=*_]*(?P<day>{DAY})[\s\-—–=*_]*$")
_RULE = re.compile(r"^\s*(?:[-=*_—–#~]\s?){3,}\s*$")
_TITLE = re.compile(
    r"^\s*[#=\-—–*【\[]*\s*(?:会话|对话|工单|conversation|session|dialogue|chat)\s*(?:id|编号|号)?\s*[#：:]?\s*"
    r"(?P<id>[\w.\-]{1,64})\s*[#=\-—–*】\]]*\s*$",
    re.IGNORECASE,
)
_DONE = {"done", "已做"}
_OFTEN = 2


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: who begins to speak in it, when, and what is said; no name where it goes on."""

    name: str
    time: str
    text: str


def transcripts_of(lines: Iterable[str], name: str) -> list[Transcript]:
    """Return the conversations of a plain text; ``name`` is the id of the only one, and says in errors where it is.

    A line of dashes, or a title such as 会话：A17, begins a new conversation. Raises ``InputError`` where no line says
    who speaks.
    """
    pieces = [(title, block) for title, block in _blocks(lines) if block]
    found = [
        _transcript(block, title or (name if len(pieces) == 1 else f"{name}-{number}"))
        for number, (title, block) in enumerate(pieces, 1)
    ]
    if found and not any(turn.speaker != "other" for one in found for turn in one.turns):
        raise unknown_speaker(f"{name} 第 1 行", f"{name} line 1")
    return found


def from_lines(lines: Iterable[str], name: str) -> tuple[Turn, ...]:
    """Return the turns of plain text, all as one conversation; ``name`` says in errors where it came from."""
    return tuple(turn for one in transcripts_of(lines, name) for turn in one.turns)


def _blocks(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    title = ""
    block: list[str] = []
    for line in lines:
        match = _TITLE.match(line)
        if match or _RULE.match(line):
            yield title, block
            title, block = (match["id"] if match else ""), []
        elif line.strip():
            block.append(line)
    yield title, block


def _transcript(lines: list[str], name: str) -> Transcript:
    """Return one conversation: who speaks is known by names, by times above messages, or by what is left over."""
    strangers = _strangers(lines)
    turns: list[Turn] = []
    day = ""
    for line in lines:
        dated = _DATE_LINE.match(line)
        if dated:
            day = dated["day"].strip()
            continue
        read = _read(line, strangers)
        if read.name.lower() in _DONE:
            turns.append(Turn("agent", "", done=moves_in(read.text)))
        elif read.name:
            turns.append(_turn(read, day))
        elif turns:
            last = turns.pop()
            turns.append(replace(last, text=f"{last.text}\n{line}" if last.text else line))
        else:
            turns.append(Turn("other", line))
    return _sided(Transcript(name, tuple(turns)))


def _turn(read: _Line, day: str) -> Turn:
    side = speaker_named(read.name) or "other"
    time = f"{day} {read.time}" if day and read.time and not re.match(DAY, read.time) else read.time
    return Turn(side, read.text, time.strip(), name=read.name if side == "other" else own_name(read.name))


def _read(line: str, strangers: frozenset[str]) -> _Line:
    """Return a line with who speaks in it, if it says so."""
    for timed in (pattern.match(line) for pattern in _TIMED):
        if timed and moment(timed["time"]):
            return _Line(timed["name"].strip(), timed["time"], timed["text"])
    header = _header(line)
    if header and (_is_name(header.name, header.time) or header.name in strangers):
        return header
    plain = _PLAIN.match(line) or _BRACKETS.match(line)
    if plain is None:
        return _Line("", "", line)
    name = plain["name"].strip()
    if name.lower() in _DONE or speaker_named(name) or name in strangers:
        more = plain.groupdict().get("more") or ""
        return _Line(name, more if not more.isdigit() and moment(more) else "", plain["text"])
    return _Line("", "", line)


def _header(line: str) -> _Line | None:
    """Return a line of a name and a time, as it stands above a message in exported logs."""
    for match in (pattern.match(line) for pattern in _HEADERS):
        if match and moment(match["time"]):
            return _Line(match["name"].strip().rstrip("：:"), match["time"], match["text"])
    return None


def _is_name(name: str, time: str) -> bool:
    """Tell a name above a message from a sentence that ends in a time of day."""
    dated = bool(re.match(DAY, time))
    known = speaker_named(name) is not None
    sentence = re.search(r"[，。！？,!?；;]", name) or (not known and not dated)
    return not sentence


def _strangers(lines: list[str]) -> frozenset[str]:
    """Return the names that speak without saying their side.

    Those are names that stand twice above messages; and while a side is missing, one that stands twice before a colon.
    """
    above = Counter(header.name for header in map(_header, lines) if header)
    headed = {name for name, times in above.items() if times >= _OFTEN}
    names = Counter(
        match["name"].strip() for match in map(_PLAIN.match, lines) if match and match["name"].lower() not in _DONE
    )
    sides = {speaker_named(name) for name in (*names, *above)} - {None, "other"}
    left = [name for name, times in names.most_common() if times >= _OFTEN and speaker_named(name) is None]
    return frozenset(headed | set(left[:1] if len(sides) == 1 else ()))


def _sided(one: Transcript) -> Transcript:
    """Give the one speaker who is left over the side that is missing, and say so."""
    sides = {turn.speaker for turn in one.turns} - {"other"}
    left = {turn.name for turn in one.turns if turn.speaker == "other" and turn.name and not speaker_named(turn.name)}
    if len(sides) != 1 or len(left) != 1:
        return one
    name = left.pop()
    side: Speaker = "customer" if sides == {"agent"} else "agent"
    turns = tuple(
        replace(turn, speaker=side) if turn.speaker == "other" and turn.name == name else turn for turn in one.turns
    )
    note = (
        f"“{name}”没有注明身份，按{'客户' if side == 'customer' else '客服'}读。",
        f'"{name}" does not say which side it is; read as the {side}.',
    )
    return replace(one, turns=turns, notes=(*one.notes, note))
