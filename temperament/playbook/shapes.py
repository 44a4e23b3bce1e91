"""The typed shapes of playbook entries: one shape per kind, one YAML file per kind.

Field names here are the field names in the YAML files. Unknown or missing fields are refused at load.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from temperament.labels import StateLabel, TemperamentLabel
from temperament.language import Language

Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
Source = Annotated[str, Meta(pattern=r"^(ours|00[0-3] L\d+(–\d+)?(, L\d+(–\d+)?)*)$")]
"""Where a piece comes from: ``"000 L547"`` (manual 000, line 547; ranges ``L547–551``) or ``"ours"``."""

Channel = Literal["phone", "face", "chat", "letter"]
Level = Literal["error", "warning", "suggestion"]
Priority = Literal["low", "normal", "high"]
Pace = Literal["quick", "even", "slow"]
Side = Literal["customer", "organisation", "accident"]
GroupLabel = Literal["easygoing", "stubborn", "forceful", "vain", "irritable"]
Industry = Literal["hotel", "property", "food"]
Family = Literal["product", "service"]
Stage = Literal["accept", "record", "analyse", "solve", "follow-up", "review"]
"""The complaint procedure, in its order."""
Move = Literal[
    "listen", "empathise", "ask", "lead", "restate", "answer", "options", "refuse", "act", "commit", "track", "close"
]
"""What a step does in the conversation; by its move a step is recognised in what the agent has said."""
Part = Literal["opening", "empathy", "question", "options", "commitment", "closing"]
"""The place of a sentence in a reply."""
When = Literal["before", "opening", "during", "closing", "after"]
Role = Literal["agent", "supervisor", "firm"]
Guide = Literal[
    "principle", "mode", "obstacle", "taboo", "attitude", "maxim", "persuasion", "trust", "special", "skill",
    "channel", "industry", "procedure", "building",
]  # fmt: skip
"""The kinds of guidelines: what the manuals list beside strategies and wording."""
Row = Annotated[int, Meta(ge=1, le=125)]
"""A row of the requirements table that an entry answers (``docs/COVERAGE.md``)."""
Minutes = Annotated[int, Meta(ge=0)]
NonEmpty = Annotated[str, Meta(min_length=1)]


class Shape(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, cache_hash=True):
    """Common behaviour: frozen, keyword-only, hashed once, unknown fields refused, defaults left out when written."""


class Entry(Shape, frozen=True, kw_only=True):
    """What every entry has: an id, a source, and the rows of the requirements that it answers."""

    id: Id
    source: Source
    rows: tuple[Row, ...] = ()


class Text(Shape, frozen=True, kw_only=True):
    """One explanation in Chinese and English, in this project's own words."""

    zh: NonEmpty
    en: NonEmpty

    def show(self, language: Language) -> str:
        """Return the explanation in one language."""
        return self.zh if language == "zh" else self.en


class Phrase(Shape, frozen=True, kw_only=True):
    """A sentence an agent can say. ``zh`` is said; ``en`` is its meaning for readers of English.

    ``unless`` lists states in which it must not be offered; ``channels`` limits it to those channels
    (empty means every channel). ``……`` marks a gap, ``{name}`` a slot of ``slots.yaml``. ``printed`` keeps the
    manual's own wording where a typing error was mended or a firm's name taken out.
    """

    zh: NonEmpty
    en: NonEmpty
    source: Source
    unless: tuple[StateLabel, ...] = ()
    channels: tuple[Channel, ...] = ()
    printed: str = ""

    def fits(self, state: StateLabel, channel: Channel | None = None) -> bool:
        """Tell whether the sentence may be said in a state and over a channel (``None``: any channel)."""
        return state not in self.unless and (not self.channels or channel is None or channel in self.channels)


class Step(Shape, frozen=True, kw_only=True):
    """One step of handling: what to do, the move it makes in the conversation, and sentences that do it."""

    do: Text
    move: Move
    source: Source
    say: tuple[Phrase, ...] = ()
    channels: tuple[Channel, ...] = ()


class Tuning(Shape, frozen=True, kw_only=True):
    """How a temperament bends the strategy of a state that leads (``unless`` as for phrases)."""

    do: Text
    source: Source
    unless: tuple[StateLabel, ...] = ()


class Strategy(Entry, frozen=True, kw_only=True):
    """How to handle customers of one label.

    ``avoid`` names wording rules (ids of ``wording.yaml``) that matter most for this label, worst first.
    ``escalate_when`` says in words when to hand over; ``priority`` is where a case starts.
    """

    name: Text
    figure: Text | None = None
    principle: Text
    traits: tuple[Text, ...]
    pace: Pace
    pace_note: Text
    priority: Priority
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    say: tuple[Phrase, ...] = ()
    avoid: tuple[Id, ...] = ()
    escalate_when: Text


class TemperamentStrategy(Strategy, frozen=True, kw_only=True):
    """A strategy for a temperament; ``tuning`` applies when a state other than calm leads."""

    label: TemperamentLabel
    tuning: tuple[Tuning, ...] = ()


class StateStrategy(Strategy, frozen=True, kw_only=True):
    """A strategy for an emotional state."""

    label: StateLabel


class WordingRule(Entry, frozen=True, kw_only=True):
    """Phrases that make things worse, why, and what to say instead.

    ``avoid`` holds the forbidden phrases as the manual prints them, typos mended (``……`` marks a gap). ``states`` and
    ``temperaments`` name the readings for which the rule counts most (empty: for everybody).
    """

    avoid: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    why: Text
    better: tuple[Phrase, ...] = ()
    level: Level
    principle: NonEmpty
    states: tuple[StateLabel, ...] = ()
    temperaments: tuple[TemperamentLabel, ...] = ()


class Cause(Entry, frozen=True, kw_only=True, rename={"but": "except"}):
    """Why a customer may be in a state, and whose side the cause lies on.

    ``cues``, ``but``, ``fires`` and ``silent`` as for signals; a cause without cues is never recognised in words, only
    offered as possible.
    """

    state: StateLabel
    side: Side
    cause: Text
    cues: tuple[NonEmpty, ...] = ()
    but: tuple[NonEmpty, ...] = ()
    fires: tuple[NonEmpty, ...] = ()
    silent: tuple[NonEmpty, ...] = ()


class Topic(Entry, frozen=True, kw_only=True, rename={"but": "except"}):
    """What a complaint is about: the product or the service, and what of it; several may hold at once.

    ``cues`` to ``silent`` as for signals; they are written for complaints and requests, so that praise stays silent.
    """

    family: Family
    name: Text
    cues: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    but: tuple[NonEmpty, ...] = ()
    fires: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    silent: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]


class Burst(Entry, frozen=True, kw_only=True):
    """When one matter counts as a burst, and what to do then.

    At least ``least`` different customers within ``window`` minutes, at least ``times`` as many as usual in such a time,
    and less likely than ``chance`` to be a mere accident.
    """

    name: Text
    window: Annotated[int, Meta(ge=1)]
    least: Annotated[int, Meta(ge=2)]
    times: Annotated[float, Meta(ge=1)]
    chance: Annotated[float, Meta(gt=0, lt=1)]
    do: Annotated[tuple[Text, ...], Meta(min_length=1)]


class Task(Entry, frozen=True, kw_only=True):
    """Something that has to be done in time while a case is open.

    It begins when the case comes to ``stage`` and is due after a clock of the case's grade (``clock``) or after
    ``minutes``; one that ``repeats`` is due again the same time after it was done. It ends by itself when the case comes to
    ``until``; without that it has to be done before the case leaves its stage. ``industries`` limits it (empty: all).
    """

    name: Text
    stage: Stage
    until: Stage | Literal[""] = ""
    clock: Literal["", "acknowledge", "reply", "progress"] = ""
    minutes: Minutes = 0
    repeats: bool = False
    industries: tuple[Industry, ...] = ()
    do: Text


class Drill(Entry, frozen=True, kw_only=True):
    """A customer to practise on: what is said, and how a careful reader takes it."""

    text: NonEmpty
    state: StateLabel
    temperament: TemperamentLabel
    channel: Channel = "chat"


class Tag(Entry, frozen=True, kw_only=True):
    """A behaviour seen beside the four states (the manuals' "other types")."""

    name: Text
    sign: Text
    handling: Text


class Signal(Entry, frozen=True, kw_only=True, rename={"but": "except"}):
    """Words of the customer that raise the priority or ask for handing over, whatever the reading.

    ``cues`` and ``but`` (written ``except`` in the file) are regular expressions over folded text; a cue inside
    a match of ``but`` does not count. ``fires`` and ``silent`` are texts that must and must not show the signal.
    ``priority`` is how urgent the matter becomes, ``impact`` how much hangs on it, ``to`` who takes over; ``at_once``
    marks danger to life or limb, which goes before everything else.
    """

    name: Text
    cues: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    but: tuple[NonEmpty, ...] = ()
    priority: Priority
    escalate: bool
    reason: Text
    at_once: bool = False
    impact: Priority = "normal"
    to: Id = "authority.supervisor"
    fires: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    silent: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]


class Group(Entry, frozen=True, kw_only=True):
    """One of the five customer groups of manual 002: it bends pace, manner and sentences, whatever state leads.

    ``longest_silence`` is how many seconds the agent may listen without a word. ``near`` names the labels this
    project sees next to the group (a crosswalk of ours: no manual gives one, and nothing is trained on it).
    """

    group: GroupLabel
    name: Text
    principle: Text
    traits: tuple[Text, ...]
    pace: Pace
    pace_note: Text
    longest_silence: Annotated[int, Meta(ge=1)]
    tuning: Annotated[tuple[Tuning, ...], Meta(min_length=1)]
    say: tuple[Phrase, ...] = ()
    avoid: tuple[Id, ...] = ()
    near: tuple[TemperamentLabel | StateLabel, ...] = ()


class MoveRule(Entry, frozen=True, kw_only=True, rename={"but": "except"}):
    """How a move is recognised in an agent's words; fields as for signals."""

    move: Move
    name: Text
    part: Part
    stage: Stage
    cues: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    but: tuple[NonEmpty, ...] = ()
    fires: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    silent: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]


class Pledge(Entry, frozen=True, kw_only=True, rename={"but": "except"}):
    """Something agents promise; ``cues`` to ``silent`` as for moves.

    ``kept`` are the agent's later words that deliver it, ``confirmed`` and ``denied`` the customer's that say whether it
    was kept.
    """

    name: Text
    cues: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    but: tuple[NonEmpty, ...] = ()
    kept: tuple[NonEmpty, ...] = ()
    confirmed: tuple[NonEmpty, ...] = ()
    denied: tuple[NonEmpty, ...] = ()
    fires: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    silent: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]


class Mask(Entry, frozen=True, kw_only=True):
    """Personal data that is taken out of a text before it is stored.

    ``patterns`` are regular expressions over the text with half-width signs, case as written; a group called ``hide`` is
    what is replaced by ``token``, else the whole match. ``check`` is the check digit that it must have. ``fires`` and
    ``silent`` are texts in which something must and must not be masked. Masks that come first win.
    """

    name: Text
    patterns: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    token: NonEmpty
    check: Literal["", "id-card", "luhn"] = ""
    fires: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    silent: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]


class ChannelPack(Entry, frozen=True, kw_only=True):
    """How a channel changes the reply: what reaches us through it, how a reply opens and closes, its parts in order."""

    channel: Channel
    name: Text
    sees: bool
    hears: bool
    reading: Text
    opening: Annotated[tuple[Phrase, ...], Meta(min_length=1)]
    closing: Annotated[tuple[Phrase, ...], Meta(min_length=1)]
    whole: bool
    """Whether one reply carries every part (a letter), or the parts come turn by turn."""


class Line(Shape, frozen=True, kw_only=True):
    """One line of a script: what is said, how many seconds to wait, and when to go on to the next line."""

    say: Phrase
    wait: Annotated[int, Meta(ge=0)] = 0
    then: Text | None = None


class Script(Entry, frozen=True, kw_only=True):
    """Lines to be said in order in a fixed situation, each until it works; ``ending`` is what to do after the last."""

    name: Text
    when: Text
    channels: tuple[Channel, ...]
    lines: Annotated[tuple[Line, ...], Meta(min_length=1)]
    ending: Text


class Guideline(Entry, frozen=True, kw_only=True):
    """One thing to mind, and where: ``channels``, ``states``, ``industries`` and ``stages`` limit it (empty: anywhere).

    ``when`` is its place in the contact, ``role`` who has to see to it.
    """

    kind: Guide
    name: Text
    do: Text
    say: tuple[Phrase, ...] = ()
    channels: tuple[Channel, ...] = ()
    states: tuple[StateLabel, ...] = ()
    industries: tuple[Industry, ...] = ()
    stages: tuple[Stage, ...] = ()
    when: When = "during"
    role: Role = "agent"


class StageRule(Entry, frozen=True, kw_only=True):
    """One stage of the complaint procedure: what to do, and when it is done."""

    stage: Stage
    name: Text
    do: Annotated[tuple[Text, ...], Meta(min_length=1)]
    done_when: Text
    forms: tuple[Id, ...] = ()


class Field(Shape, frozen=True, kw_only=True, rename={"but": "except"}):
    """One field of a form. ``ask`` is how to ask for it, ``cues`` show that the customer's words already hold it.

    ``personal`` data is masked before it leaves the case.
    """

    key: Id
    name: Text
    required: bool = False
    personal: bool = False
    ask: Phrase | None = None
    cues: tuple[NonEmpty, ...] = ()
    but: tuple[NonEmpty, ...] = ()


class Form(Entry, frozen=True, kw_only=True):
    """A record to be filled in. ``if_needed``: a case may go on without it; only what is begun has to be whole."""

    name: Text
    if_needed: bool = False
    stages: tuple[Stage, ...] = ()
    industries: tuple[Industry, ...] = ()
    fields: Annotated[tuple[Field, ...], Meta(min_length=1)]


class Grade(Entry, frozen=True, kw_only=True):
    """One cell of the grading matrix: how much hangs on the matter × how fast it must go → priority and clocks."""

    impact: Priority
    urgency: Priority
    priority: Priority
    acknowledge: Minutes
    reply: Minutes
    progress: Minutes


class Authority(Entry, frozen=True, kw_only=True):
    """Who may decide what. ``limit`` in yuan is the firm's to fill in: without it nothing is promised in money."""

    level: Annotated[int, Meta(ge=1, le=9)]
    name: Text
    may: Text
    tell: Text
    say: tuple[Phrase, ...] = ()
    limit: int | None = None


class LetterPart(Shape, frozen=True, kw_only=True):
    """One part of a letter, in its place."""

    name: Text
    say: Phrase


class Letter(Entry, frozen=True, kw_only=True):
    """A template of something written: a letter, a note of receipt, a handover."""

    name: Text
    aim: Text
    parts: Annotated[tuple[LetterPart, ...], Meta(min_length=1)]


class Trade(Entry, frozen=True, kw_only=True):
    """A line of business with its own causes of complaint, opening and words for things."""

    industry: Industry
    name: Text
    behalf: Phrase
    causes: tuple[Text, ...] = ()


class Slot(Entry, frozen=True, kw_only=True):
    """A gap in a sentence that is filled from the case, or stays visible: ``{company}`` → 【单位】."""

    slot: Annotated[str, Meta(pattern=r"^[a-z_]+$")]
    name: Text


class Reply(Entry, frozen=True, kw_only=True):
    """Sentences for one part of a reply; the entry that fits most closely is taken, and of it the first that may be said.

    ``states``, ``temperaments`` and ``signals`` limit it (empty: any); what names a signal that shows comes first.
    ``early`` options are a choice of how to go on, offered while the facts for a remedy are still missing.
    """

    part: Part
    states: tuple[StateLabel, ...] = ()
    temperaments: tuple[TemperamentLabel, ...] = ()
    signals: tuple[Id, ...] = ()
    early: bool = False
    say: Annotated[tuple[Phrase, ...], Meta(min_length=1)]


CheckKind = Literal[
    "forbidden",
    "command",
    "blame",
    "dispute",
    "belittling",
    "policy",
    "buck",
    "promise",
    "placeholder",
    "apology",
    "impatience",
    "questions",
    "familiarity",
]


class LevelFor(Shape, frozen=True, kw_only=True):
    """The level of a check for some readings; an empty list of labels means all of them."""

    states: tuple[StateLabel, ...] = ()
    temperaments: tuple[TemperamentLabel, ...] = ()
    level: Level | Literal["never"]


class Eased(Shape, frozen=True, kw_only=True):
    """The level of a check where the reply also holds one of these parts."""

    by: Annotated[tuple[Annotated[str, Meta(pattern=r"^[a-z]+$")], ...], Meta(min_length=1)]
    to: Level | Literal["never"]


class Check(Entry, frozen=True, kw_only=True, rename={"but": "except"}):
    """What an agent's reply must not say, as expressions; their short hand stands at the head of ``checks.yaml``.

    ``wording`` names the wording rule whose sentences the expressions paraphrase; it then gives why, better wording,
    source and, unless ``level`` is set, the level. ``but`` (written ``except`` in the file) are expressions; what
    overlaps a match of one does not count. ``alone`` asks that hardly anything but filler is left of the reply; ``raw`` looks
    at the text before evasions are undone; ``negatable`` lets "it is not that …" silence a match.
    """

    kind: CheckKind
    wording: Id | None = None
    patterns: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    but: tuple[NonEmpty, ...] = ()
    level: Level | None = None
    levels: tuple[LevelFor, ...] = ()
    eased: Eased | None = None
    alone: bool = False
    raw: bool = False
    negatable: bool = True
    message: Text | None = None
    better: tuple[Phrase, ...] = ()
    fires: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    silent: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]


class ReplyPart(Entry, frozen=True, kw_only=True):
    """A part of a good reply and the expressions that show it.

    With a message it is missed in replies to customers in one of the ``wanted`` states (in these ``channels`` only,
    empty: in all) that do not show it; without one it only eases checks. ``shows`` and ``lacks`` are example replies.
    """

    cues: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    wanted: tuple[StateLabel, ...] = ()
    channels: tuple[Channel, ...] = ()
    message: Text | None = None
    better: tuple[Phrase, ...] = ()
    shows: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    lacks: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]


class Spelling(Entry, frozen=True, kw_only=True):
    """Ways of writing something that dodge the checks; each is read as ``means``."""

    means: NonEmpty
    seen: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]


Area = Literal["names", "listening", "answering", "keeping", "handing-on", "obstacles", "self", "call", "counts"]
"""Where a measure of the scorecard stands on it."""
Counter = Literal[
    "turns", "talk", "replies", "first", "told", "titles", "points", "again", "canned", "asked-again", "before", "dated",
    "kept", "gaps", "cut-in", "whom", "why", "announced", "once", "pronouns", "praise", "hung-up",
]  # fmt: skip
"""The ways in which a measure counts: ``temperament.scorecard`` has one function for each."""


class Detail(Shape, frozen=True, kw_only=True):
    """Something agents ask for: words with which it is asked, and those that give it (expressions over folded text)."""

    name: Text
    cues: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    given: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]


class Measure(Entry, frozen=True, kw_only=True, rename={"but": "except"}):
    """One thing that is counted in a conversation: how often there was occasion for it, and how often it was done.

    ``by`` says how; ``how`` says it to the reader, ``unseen`` why a text may not tell. ``cues`` are expressions over the
    agent's folded words (``but``, written ``except`` in the file, as for signals), ``when`` over the customer's; ``moves``
    of the guide and ``kinds`` of findings count beside cues. ``upset`` keeps to customers who are not calm, ``channels`` to
    these channels (empty: any; otherwise the channel has to be known). ``limits`` are minutes by channel. A ``neutral``
    measure has no better side: it is shown and never rated. ``practise`` is an entry to practise it with.
    """

    name: Text
    area: Area
    by: Counter
    how: Text
    unseen: Text
    cues: tuple[NonEmpty, ...] = ()
    but: tuple[NonEmpty, ...] = ()
    when: tuple[NonEmpty, ...] = ()
    moves: tuple[Move, ...] = ()
    kinds: tuple[CheckKind, ...] = ()
    upset: bool = False
    channels: tuple[Channel, ...] = ()
    limits: dict[Channel, int] = {}
    details: tuple[Detail, ...] = ()
    neutral: bool = False
    practise: Id | None = None
    fires: tuple[NonEmpty, ...] = ()
    silent: tuple[NonEmpty, ...] = ()


class Dimension(Shape, frozen=True, kw_only=True):
    """One side of a rubric and the measures that count for it; without any, ``unseen`` says why no talk shows it."""

    name: Text
    measures: tuple[Id, ...] = ()
    unseen: Text | None = None
    source: Source


class Rubric(Entry, frozen=True, kw_only=True):
    """A list of a manual by which agents are rated: skills, principles, attitudes, obstacles."""

    name: Text
    dimensions: Annotated[tuple[Dimension, ...], Meta(min_length=1)]


class Matter(Entry, frozen=True, kw_only=True, rename={"but": "except"}):
    """Something customers bring up that is for those who make the rules; ``cues`` to ``silent`` as for signals.

    A ``policy`` is counted in the words of upset customers only: who asks about a rule does not complain of it.
    """

    kind: Literal["policy", "need", "advice"]
    name: Text
    cues: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    but: tuple[NonEmpty, ...] = ()
    fires: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    silent: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
