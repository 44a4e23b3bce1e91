"""The typed shapes of playbook entries: one shape per kind, one YAML file per kind.

Field names here are the field names in the YAML files. Unknown or missing fields are refused at load.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from temperament.labels import StateLabel, TemperamentLabel

Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
Source = Annotated[str, Meta(pattern=r"^(ours|00[0-3] L\d+(–\d+)?(, L\d+(–\d+)?)*)$")]
"""Where a piece comes from: ``"000 L547"`` (manual 000, line 547; ranges ``L547–551``) or ``"ours"``."""

Channel = Literal["phone", "face", "chat", "letter"]
Level = Literal["error", "warning", "suggestion"]
Priority = Literal["low", "normal", "high"]
Pace = Literal["quick", "even", "slow"]
Side = Literal["customer", "organisation", "accident"]
NonEmpty = Annotated[str, Meta(min_length=1)]


class Shape(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Common behaviour: frozen, keyword-only, unknown fields refused, defaults left out when written."""


class Text(Shape, frozen=True, kw_only=True):
    """One explanation in Chinese and English, in this project's own words."""

    zh: NonEmpty
    en: NonEmpty


class Phrase(Shape, frozen=True, kw_only=True):
    """A sentence an agent can say. ``zh`` is said; ``en`` is its meaning for readers of English.

    ``unless`` lists states in which it must not be offered; ``channels`` limits it to those channels
    (empty means every channel).
    """

    zh: NonEmpty
    en: NonEmpty
    source: Source
    unless: tuple[StateLabel, ...] = ()
    channels: tuple[Channel, ...] = ()


class Step(Shape, frozen=True, kw_only=True):
    """One step of handling: what to do, and sentences that do it."""

    do: Text
    source: Source
    say: tuple[Phrase, ...] = ()
    channels: tuple[Channel, ...] = ()


class Tuning(Shape, frozen=True, kw_only=True):
    """How a temperament bends the strategy of a state that leads (``unless`` as for phrases)."""

    do: Text
    source: Source
    unless: tuple[StateLabel, ...] = ()


class Strategy(Shape, frozen=True, kw_only=True):
    """How to handle customers of one label.

    ``avoid`` names wording rules (ids of ``wording.yaml``) that matter most for this label, worst first.
    ``escalate_when`` says in words when to hand over; ``priority`` is where a case starts.
    """

    id: Id
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
    source: Source


class TemperamentStrategy(Strategy, frozen=True, kw_only=True):
    """A strategy for a temperament; ``tuning`` applies when a state other than calm leads."""

    label: TemperamentLabel
    tuning: tuple[Tuning, ...] = ()


class StateStrategy(Strategy, frozen=True, kw_only=True):
    """A strategy for an emotional state."""

    label: StateLabel


class WordingRule(Shape, frozen=True, kw_only=True):
    """Phrases that make things worse, why, and what to say instead.

    ``avoid`` holds the forbidden phrases as the manual prints them, typos mended (``……`` marks a gap). ``states`` and
    ``temperaments`` name the readings for which the rule counts most (empty: for everybody).
    """

    id: Id
    avoid: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    why: Text
    better: tuple[Phrase, ...] = ()
    level: Level
    principle: NonEmpty
    states: tuple[StateLabel, ...] = ()
    temperaments: tuple[TemperamentLabel, ...] = ()
    source: Source


class Cause(Shape, frozen=True, kw_only=True):
    """Why a customer may be in a state, and whose side the cause lies on."""

    id: Id
    state: StateLabel
    side: Side
    cause: Text
    source: Source


class Tag(Shape, frozen=True, kw_only=True):
    """A behaviour seen beside the four states (the manuals' "other types")."""

    id: Id
    name: Text
    sign: Text
    handling: Text
    source: Source


class Signal(Shape, frozen=True, kw_only=True, rename={"but": "except"}):
    """Words of the customer that raise the priority or ask for handing over, whatever the reading.

    ``cues`` and ``but`` (written ``except`` in the file) are regular expressions over folded text; a cue inside
    a match of ``but`` does not count. ``fires`` and ``silent`` are texts that must and must not show the signal.
    """

    id: Id
    name: Text
    cues: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    but: tuple[NonEmpty, ...] = ()
    priority: Priority
    escalate: bool
    reason: Text
    fires: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    silent: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    source: Source


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


class Check(Shape, frozen=True, kw_only=True, rename={"but": "except"}):
    """What an agent's reply must not say, as expressions; their short hand stands at the head of ``checks.yaml``.

    ``wording`` names the wording rule whose sentences the expressions paraphrase; it then gives why, better wording,
    source and, unless ``level`` is set, the level. ``but`` (written ``except`` in the file) are expressions; what
    overlaps a match of one does not count. ``alone`` asks that hardly anything but filler is left of the reply; ``raw`` looks
    at the text before evasions are undone; ``negatable`` lets "it is not that …" silence a match.
    """

    id: Id
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
    source: Source | None = None


class Part(Shape, frozen=True, kw_only=True):
    """A part of a good reply and the expressions that show it.

    With a message it is missed in replies to customers in one of the ``wanted`` states (in these ``channels`` only,
    empty: in all) that do not show it; without one it only eases checks. ``shows`` and ``lacks`` are example replies.
    """

    id: Id
    cues: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    wanted: tuple[StateLabel, ...] = ()
    channels: tuple[Channel, ...] = ()
    message: Text | None = None
    better: tuple[Phrase, ...] = ()
    shows: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    lacks: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    source: Source


class Spelling(Shape, frozen=True, kw_only=True):
    """Ways of writing something that dodge the checks; each is read as ``means``."""

    id: Id
    means: NonEmpty
    seen: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    source: Source
