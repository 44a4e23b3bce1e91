"""Draft reply (and the reading of the customer it answers) → findings: what not to say, why, and what to say instead.

No model is asked. The rules are the playbook's: ``checks.yaml`` for what must not be said, ``wording.yaml`` for the
manuals' sentences, ``parts.yaml`` for what a good reply holds, ``spellings.yaml`` for ways of dodging a check.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import get_args

from temperament import playbook
from temperament.errors import UsageError
from temperament.labels import Reading
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.playbook.expressions import expand, needed
from temperament.playbook.shapes import Channel, Check, CheckKind, Level, Phrase, Spelling, Text
from temperament.text import HAN, Folded, fold

LEVELS: tuple[Level, ...] = get_args(Level)
"""From the worst to the mildest."""
KINDS: tuple[CheckKind, ...] = get_args(CheckKind)
MISSING = "missing"
"""The kind of a finding about a part that the reply lacks."""
_CHANNELS: tuple[Channel, ...] = get_args(Channel)
_FILLER = "filler"
_MOST_LEFT = 5
_SHARE_LEFT = 0.2
_TEXT_SEARCHED = 100
_STUTTER = 3
MOST_PLACES = 20
"""How often one pattern is told of in one reply; more helps nobody and takes long in a very long text."""

_QUOTED = re.compile(
    '“[^”\n]{1,200}”|「[^」\n]{1,200}」|『[^』\n]{1,200}』|‘[^’\n]{1,200}’|"[^"\n]{1,200}"|《[^》\n]{1,60}》'
)
_REPORTED = re.compile(
    "您(?:刚才|刚刚|之前|前面|上次|昨天|今天|来电|来信|在电话里)?(?:说|提到|反映|反馈|描述|投诉)"
    r"(?![的得话这了吧]|怎么|什么|我能|明|清|完)[^,。!?;\n]{1,40}"
    r"|(?:同事|前台|师傅|客服|店员|他|她|销售)[^,。!?;\n]{0,6}(?:跟|和|对|向)[你您](?:说|讲)(?!的)[^。!?;\n]{1,30}"
    "(?=[,。!?;\n][^。\n]{0,12}(?:我们|不对|不应该|不该|抱歉|对不起|道歉|失职))"
)
_DENIED = re.compile(
    "(?:不是|并非|不要说|不会|绝不|没有|没说|不能说|不代表|不等于|不应该?|不该|不用|不必|无需|无须|不需要|不让|不想让|哪里是|怎么会是|怎能)"
    "(?:因为|由于|说|让|要|怪|是|在|[你您]|我们?|觉得|认为|要求|强迫|催促?|指责|责怪|指|怀疑|质疑){0,3}$"
)
_ASKED = re.compile("(?:请问|是否|可否|能否|您看是)[^,。!?;\n]*$")
_SUPPOSED = re.compile("(?:如果|若|假如|万一|倘若)[^,。!?;就\n]*$")
_SUPPOSABLE = {"blame", "dispute", "command", "belittling", "forbidden"}
_CLAUSE = re.compile("[,。!?;\n]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_SPACED = re.compile(rf"[{HAN}][\s*·•_~^|/\\+#`=\-]{{1,3}}[{HAN}]|[{HAN}][,、。.!?…;:][{HAN}][,、。.!?…;:][{HAN}]")
_BLANK = re.compile(r"[^\S\n*·•_~^|/\\+#`=\-]{1,3}|[ *·•_~^|/\\+#`=\-]{1,3}")
_STOP = re.compile("[,、。.!?…;:]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change in a reply.

    ``rule`` is the id of a wording rule, a check or a part of the playbook; ``level`` error, warning or suggestion.
    ``start`` and ``end`` count code points of the original reply; a part that is missing stands at its end, with no
    ``text``. ``suggestions`` are offered, never applied; ``source`` is the manual's line, or ``ours``. ``kind`` says
    what is wrong: one of ``KINDS`` or ``missing``.
    """

    rule: str
    level: Level
    start: int
    end: int
    text: str
    message: str
    suggestions: tuple[str, ...]
    source: str
    kind: str


def check_reply(
    reply: str,
    reading: Reading | None = None,
    channel: str | None = None,
    *,
    disable: Iterable[str] = (),
    allow: Iterable[str] = (),
    language: Language | None = None,
    book: Playbook | None = None,
) -> list[Finding]:
    """Return what to change in a draft reply, in the order of the text; missing parts come last.

    With a ``reading`` the levels fit the customer, and parts that he needs and the reply lacks are suggested. ``channel``
    is phone, face, chat or letter. ``disable`` lists ids of rules, or kinds, that are not wanted; ``allow`` phrases that
    may be said whatever the rules find in them. ``language`` is that of the messages (suggested sentences stay Chinese);
    ``book`` an own playbook. Raises ``UsageError`` for an unknown channel, rule or kind.
    """
    if channel is not None and channel not in _CHANNELS:
        raise UsageError(
            f"没有“{channel}”这种渠道。可用的有：{'、'.join(_CHANNELS)}。",
            f"There is no channel {channel!r}. Choose one of: {', '.join(_CHANNELS)}.",
        )
    checker = _shipped_checker() if book is None else Checker(book)
    return checker.check(reply, reading, channel, frozenset(disable), tuple(allow), language)


@lru_cache(maxsize=1)
def _shipped_checker() -> "Checker":
    return Checker(playbook.shipped())


@dataclass(frozen=True, slots=True)
class _Pattern:
    rule: "_Rule"
    search: re.Pattern[str]


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """A check, ready to run, with what its wording rule adds."""

    name: str
    check: Check
    level: Level
    message: Text
    better: tuple[Phrase, ...]
    source: str
    worst_for: tuple[str, ...]
    but: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _View:
    """Folded text with evasions undone; ``starts`` and ``ends`` lead back to the folded text (``None``: same places).

    ``pairs`` are all characters and pairs of neighbours of both texts.
    """

    text: str
    folded: Folded
    pairs: frozenset[str]
    starts: list[int] | None = None
    ends: list[int] | None = None

    def span(self, start: int, end: int, *, raw: bool = False) -> tuple[int, int]:
        if self.starts is not None and self.ends is not None and not raw:
            start, end = self.starts[start], self.ends[end - 1]
        return self.folded.span(start, end)


class Checker:
    """The rules of one playbook, compiled once.

    A pattern is only tried on a text that holds a pair of characters it cannot do without.
    """

    def __init__(self, book: Playbook) -> None:
        """Compile every check, part and spelling of a playbook."""
        self._rules = _rules(book)
        self._patterns = [_Pattern(rule, re.compile(one)) for rule in self._rules for one in _expressions(rule, book)]
        self._always: list[int] = []
        self._by_pair: dict[str, list[int]] = {}
        for index, pattern in enumerate(self._patterns):
            pairs = needed(pattern.search.pattern)
            if pairs is None:
                self._always.append(index)
            for pair in pairs or ():
                self._by_pair.setdefault(pair, []).append(index)
        self._parts = {name.removeprefix("part."): part for name, part in book.parts.items()}
        self._cues = {
            name: re.compile("|".join(f"(?:{expand(cue)})" for cue in part.cues)) for name, part in self._parts.items()
        }
        self._spellings = _Spellings(book.spellings.values())
        self._names = {
            *(rule.name for rule in self._rules),
            *(rule.check.id for rule in self._rules),
            *(part.id for part in self._parts.values()),
            *KINDS,
            MISSING,
        }

    def check(
        self,
        reply: str,
        reading: Reading | None,
        channel: str | None,
        disable: frozenset[str],
        allow: tuple[str, ...],
        language: Language | None,
    ) -> list[Finding]:
        """Return the findings of one reply; see ``check_reply``."""
        unknown = disable - self._names
        if unknown:
            name = min(unknown)
            raise UsageError(
                f"没有“{name}”这条规则。用 temperament playbook list 看全部编号；类别有：{'、'.join((*KINDS, MISSING))}。",
                f"There is no rule {name!r}. See all ids with: temperament playbook list; kinds are: "
                f"{', '.join((*KINDS, MISSING))}.",
            )
        view = self._view(reply)
        found = [
            _finding(rule, level, view, start, end, language, reading)
            for rule, start, end in self._matches(view)
            if not disable & {rule.name, rule.check.id, rule.check.kind}
            and (level := self._level(rule, view, start, end, reading)) is not None
        ]
        kept = _without_doubles(_not_allowed(found, reply, allow))
        if reading is not None and not disable & {MISSING} and view.text:
            kept.extend(self._missing(view, reading, channel, disable, language))
        return kept

    def _view(self, reply: str) -> _View:
        folded = fold(reply)
        pairs = _pairs(folded.text)
        edits = self._spellings.edits(folded.text, pairs)
        if _SPACED.search(folded.text):
            edits = sorted([*edits, *_gaps(folded.text)])
        return _edited(folded, edits, pairs)

    def _matches(self, view: _View) -> Iterator[tuple[_Rule, int, int]]:
        """Find every rule's places; places of one rule that overlap are one."""
        texts = {False: view.text, True: view.folded.text}
        quoted: list[tuple[int, int]] | None = None
        spans: dict[_Rule, list[tuple[int, int]]] = {}
        for index in self._candidates(view):
            rule, search = self._patterns[index].rule, self._patterns[index].search
            text = texts[rule.check.raw]
            for match in islice(search.finditer(text), MOST_PLACES):
                start, end = match.span()
                if quoted is None:
                    quoted = _quoted(view.text)
                if start < end and _counts(rule, text, start, end, quoted):
                    spans.setdefault(rule, []).append((start, end))
        for rule, found in spans.items():
            places = [min(found)] if rule.check.alone else found
            stop = max(end for _, end in places) + _TEXT_SEARCHED
            exceptions = [one.span() for but in rule.but for one in but.finditer(texts[rule.check.raw], 0, stop)]
            for start, end in _joined(
                place for place in places if not any(first < place[1] and place[0] < last for first, last in exceptions)
            ):
                yield rule, start, end

    def _candidates(self, view: _View) -> list[int]:
        """Return the patterns that could match: those whose pairs or characters the text holds."""
        found = set(self._always)
        for pair in self._by_pair.keys() & view.pairs:
            found.update(self._by_pair[pair])
        return sorted(found)

    def _level(self, rule: _Rule, view: _View, start: int, end: int, reading: Reading | None) -> Level | None:
        """Return the level for this reading and this reply; ``None`` where the rule does not apply."""
        check = rule.check
        if check.alone and not self._hollow(view.text):
            return None
        level, raised = rule.level, False
        if reading is not None:
            fit = next((one for one in check.levels if _fits(one.states, one.temperaments, reading)), None)
            if fit is not None and fit.level == "never":
                return None
            if fit is not None or reading.state in rule.worst_for:
                level, raised = (fit.level if fit is not None and fit.level != "never" else "error"), True
        if check.eased is None or not any(self._holds(name, view.text, start, end) for name in check.eased.by):
            return level
        if check.eased.to == "never":
            return None
        eased = "warning" if raised and level == "error" else check.eased.to
        return max(level, eased, key=LEVELS.index)

    def _holds(self, part: str, text: str, start: int, end: int) -> bool:
        """Tell whether a part stands in the text, beginning outside a finding."""
        return any(not start <= match.start() < end for match in self._cues[part].finditer(text))

    def _hollow(self, text: str) -> bool:
        """Tell whether hardly anything but filler is left."""
        left = self._cues[_FILLER].sub("", text)
        return len(left) <= max(_MOST_LEFT, _SHARE_LEFT * len(text))

    def _missing(
        self, view: _View, reading: Reading, channel: str | None, disable: frozenset[str], language: Language | None
    ) -> Iterator[Finding]:
        place = len(view.folded.original)
        for name, part in self._parts.items():
            if part.message is None or part.id in disable or reading.state not in part.wanted:
                continue
            if part.channels and channel not in part.channels or self._cues[name].search(view.text):
                continue
            yield Finding(
                rule=part.id,
                level="suggestion",
                start=place,
                end=place,
                text="",
                message=_tell(part.message, language),
                suggestions=_sayings(part.better, reading),
                source=part.source,
                kind=MISSING,
            )


def _rules(book: Playbook) -> list[_Rule]:
    """Join every check with its wording rule; wording rules without a check are looked for as they are written."""
    covered = {check.wording for check in book.checks.values()}
    plain = [
        Check(
            id=rule.id,
            kind="forbidden",
            wording=rule.id,
            patterns=rule.avoid,
            fires=rule.avoid,
            silent=("。",),
            source=rule.source,
        )
        for rule in book.wording.values()
        if rule.id not in covered
    ]
    return [_rule(check, book) for check in (*book.checks.values(), *plain)]


def _rule(check: Check, book: Playbook) -> _Rule:
    wording = None if check.wording is None else book.wording[check.wording]
    level = check.level or (wording.level if wording else None)
    message = check.message or (wording.why if wording else None)
    assert level is not None and message is not None, f"{check.id} was let through without level or message"
    return _Rule(
        name=check.wording or check.id,
        check=check,
        level=level,
        message=message,
        better=check.better or (wording.better if wording else ()),
        source=check.source,
        worst_for=wording.states if wording else (),
        but=tuple(re.compile(expand(one)) for one in check.but),
    )


def _expressions(rule: _Rule, book: Playbook) -> Iterator[str]:
    """Yield a rule's expressions: its own, and the sentences of its wording rule as written."""
    wording = book.wording.get(rule.check.wording or "")
    if wording is not None:
        yield from map(_literal, wording.avoid)
    if wording is None or rule.check.patterns != wording.avoid:
        yield from map(expand, rule.check.patterns)


def _literal(phrase: str) -> str:
    """Return the expression of a sentence as printed: 你 or 您, with or without its punctuation, …… anything."""
    pieces = [piece for piece in re.split("…+|\\.{3,}", fold(phrase).text.replace("…", "……")) if piece.strip("…")]
    return "[^。!?;\n]{0,12}".join("".join(map(_letter, piece.rstrip(",。!?、"))) for piece in pieces)


def _letter(character: str) -> str:
    if character in "你您":
        return "[你您]"
    return f"[{character}]?" if character in ",。!?、" else re.escape(character)


class _Spellings:
    """Finds ways of writing that dodge the checks."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self._means = {fold(seen).text: one.means for one in spellings for seen in one.seen}
        letters = [
            f"(?<![a-z]){re.escape(seen)}(?![a-z])" if seen.isascii() else re.escape(seen) for seen in self._means
        ]
        self._search = re.compile("|".join(sorted(letters, key=len, reverse=True)) or "(?!)")
        self._pairs = frozenset(seen[:2] for seen in self._means)

    def edits(self, text: str, pairs: frozenset[str]) -> list[tuple[int, int, str]]:
        """Return what to replace (start, end, meaning) in a text that holds these pairs of characters."""
        if self._pairs.isdisjoint(pairs):
            return []
        return [(*match.span(), self._means[match.group()]) for match in self._search.finditer(text)]


def _gaps(text: str) -> Iterator[tuple[int, int, str]]:
    """Find what was put between characters to dodge a check: 你 必 须, 没*办*法, 冷。静。一。下."""
    runs = [match.span() for match in _HAN_RUN.finditer(text)]
    chain: list[tuple[int, int]] = []
    singles = 0
    for (start, end), (after, last) in pairwise([*runs, (len(text), len(text))]):
        if min(end - start, last - after) <= 2 and _BLANK.fullmatch(text, end, after):
            yield end, after, ""
        if end - start > 1:  # a longer run ends a chain of stops and may begin another
            yield from _chain(chain, singles)
            chain, singles = [], 0
        singles += end - start == 1
        if not _STOP.fullmatch(text, end, after):
            yield from _chain(chain, singles)
            chain, singles = [], 0
        else:
            chain.append((end, after))
    yield from _chain(chain, singles)


def _chain(stops: list[tuple[int, int]], singles: int) -> Iterator[tuple[int, int, str]]:
    """Take out stops around three or more single characters; fewer are ordinary punctuation."""
    if singles >= _STUTTER:
        yield from ((start, end, "") for start, end in stops)


def _pairs(text: str) -> frozenset[str]:
    return frozenset((*map(str.__add__, text, text[1:]), *text))


def _edited(folded: Folded, edits: list[tuple[int, int, str]], pairs: frozenset[str]) -> _View:
    """Apply edits (start, end, replacement; those that overlap an earlier one are left out) and keep the way back."""
    if not edits:
        return _View(folded.text, folded, pairs)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for start, end, piece in [*edits, (len(folded.text), len(folded.text), "")]:
        if start < position:
            continue
        pieces.append(folded.text[position:start] + piece)
        starts.extend((*range(position, start), *[start] * len(piece)))
        ends.extend((*range(position + 1, start + 1), *[end] * len(piece)))
        position = end
    text = "".join(pieces)
    return _View(text, folded, pairs | _pairs(text), starts, ends)


def _quoted(text: str) -> list[tuple[int, int]]:
    """Find what is quoted or reported; a reply that is one quotation from end to end is meant as it stands."""
    spans = [match.span() for match in _QUOTED.finditer(text)]
    spans = [span for span in spans if span[0] > 0 or span[1] < len(text.rstrip("。!?"))]
    return spans + [match.span() for match in _REPORTED.finditer(text)]


def _counts(rule: _Rule, text: str, start: int, end: int, quoted: list[tuple[int, int]]) -> bool:
    """Tell whether a match is meant: neither quoted, denied, politely asked nor supposed."""
    if rule.check.raw:
        return True
    if any(first <= start < last or first < end <= last for first, last in quoted):
        return False
    if not rule.check.negatable:
        return True
    before = text[max(0, start - _TEXT_SEARCHED) : start]
    clause = _CLAUSE.split(before)[-1]
    if _DENIED.search(clause):
        return False
    if rule.check.kind not in _SUPPOSABLE:
        return True
    return not _ASKED.search(clause) and not ("就" not in text[start:end] and _SUPPOSED.search(clause))


def _joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join places that overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _fits(states: tuple[str, ...], temperaments: tuple[str, ...], reading: Reading) -> bool:
    also = {reading.state, *reading.also}
    return (not states or bool(also & set(states))) and (not temperaments or reading.temperament in temperaments)


def _finding(
    rule: _Rule, level: Level, view: _View, start: int, end: int, language: Language | None, reading: Reading | None
) -> Finding:
    first, last = view.span(start, end, raw=rule.check.raw)
    return Finding(
        rule=rule.name,
        level=level,
        start=first,
        end=last,
        text=view.folded.original[first:last],
        message=_tell(rule.message, language),
        suggestions=_sayings(rule.better, reading),
        source=rule.source,
        kind=rule.check.kind,
    )


def _tell(text: Text, language: Language | None) -> str:
    return text.zh if (language or default_language()) == "zh" else text.en


def _sayings(phrases: Iterable[Phrase], reading: Reading | None) -> tuple[str, ...]:
    return tuple(one.zh for one in phrases if reading is None or reading.state not in one.unless)


def _not_allowed(found: list[Finding], reply: str, allow: tuple[str, ...]) -> list[Finding]:
    """Leave out findings inside a phrase that may be said."""
    spans = [match.span() for phrase in allow if phrase for match in re.finditer(re.escape(phrase), reply)]
    return [one for one in found if not any(first <= one.start and one.end <= last for first, last in spans)]


def _without_doubles(found: list[Finding]) -> list[Finding]:
    """Leave out a finding inside one that is no milder; of two equally grave ones the manual's sentence stays."""
    ranked = sorted(found, key=lambda one: (LEVELS.index(one.level), one.kind != "forbidden", one.start - one.end))
    kept: list[Finding] = []
    for one in ranked:
        if not any(_covers(other, one) or (other.level == one.level and _covers(one, other)) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: (one.start, one.end))


def _covers(outer: Finding, inner: Finding) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
