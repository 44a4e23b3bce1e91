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
