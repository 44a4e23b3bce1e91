"""The labels of the codebook, their names, and the results that carry them.

What every label means is decided by the codebook the corpus was labelled with (``data/README.md``). A label
describes the manner of one text, never the person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from temperament.errors import UsageError
from temperament.language import Language

TemperamentLabel = Literal["choleric", "sanguine", "phlegmatic", "melancholic", "unclear"]
StateLabel = Literal["angry", "confused", "anxious", "difficult", "calm"]
Band = Literal["high", "medium", "low"]
Head = Literal["temperament", "state"]

TEMPERAMENTS: tuple[TemperamentLabel, ...] = get_args(TemperamentLabel)
STATES: tuple[StateLabel, ...] = get_args(StateLabel)
HEADS: tuple[Head, ...] = get_args(Head)
LABELS: dict[Head, tuple[str, ...]] = {"temperament": TEMPERAMENTS, "state": STATES}
NEUTRAL: dict[Head, str] = {"temperament": "unclear", "state": "calm"}
"""The label of each head that says "none of the others": it needs no cue and gets no evidence."""
FEELINGS: tuple[StateLabel, ...] = tuple(state for state in STATES if state != NEUTRAL["state"])
"""The states that can be present beside a leading one: all but ``calm``."""


@dataclass(frozen=True, slots=True)
class LabelName:
    """How people call a label. ``aliases`` are accepted as input beside ``zh``, ``en`` and the label itself."""

    label: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    def show(self, language: Language) -> str:
        """Return the name in one language."""
        return self.zh if language == "zh" else self.en

    def __iter__(self) -> Iterator[str]:
        """Iterate over every name that is accepted for this label."""
        yield from (self.label, self.zh, self.en, *self.aliases)


NAMES: dict[str, LabelName] = {
    name.label: name
    for name in (
        LabelName("choleric", "胆汁质·孙悟空", "choleric · Sun Wukong", ("胆汁质", "力量型", "孙悟空", "膽汁質")),
        LabelName(
            "sanguine", "多血质·猪八戒", "sanguine · Zhu Bajie", ("多血质", "活泼型", "猪八戒", "多血質", "豬八戒")
        ),
        LabelName(
            "phlegmatic", "黏液质·沙和尚", "phlegmatic · Sha Wujing", ("黏液质", "粘液质", "和平型", "沙和尚", "沙僧")
        ),
        LabelName("melancholic", "抑郁质·唐僧", "melancholic · Tang Seng", ("抑郁质", "完美型", "唐僧", "抑鬱質")),
        LabelName("unclear", "难以判断", "unclear", ("不明", "未知", "看不出")),
        LabelName("angry", "愤怒", "angry", ("生气", "憤怒")),
        LabelName("confused", "思维混乱", "confused", ("混乱", "困惑", "思維混亂")),
        LabelName("anxious", "焦急", "anxious", ("着急", "焦虑")),
        LabelName("difficult", "难缠", "difficult", ("難纏",)),
        LabelName("calm", "平稳", "calm", ("平静", "平穩")),
    )
}


def _find(text: str, head: Head) -> str:
    asked = text.strip().lower()
    for label in LABELS[head]:
        if asked in map(str.lower, NAMES[label]):
            return label
    allowed = "、".join(f"{label} ({NAMES[label].zh})" for label in LABELS[head])
    what = "气质" if head == "temperament" else "情绪状态"
    raise UsageError(
        f"没有“{text}”这种{what}。可用的有：{allowed}。",
        f"There is no {head} called {text!r}. Choose one of: {', '.join(LABELS[head])}.",
    )


def temperament_label(text: str) -> TemperamentLabel:
    """Return the temperament label for a label, a Chinese or English name, a type or a figure.

    >>> temperament_label("孙悟空")
    'choleric'

    Raises ``UsageError`` with the allowed names for anything else.
    """
    return cast(TemperamentLabel, _find(text, "temperament"))


def state_label(text: str) -> StateLabel:
    """Return the state label for a label or one of its Chinese or English names; raises ``UsageError``."""
    return cast(StateLabel, _find(text, "state"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of the original text that a label rests on.

    ``start`` and ``end`` count code points of the original text. ``weight`` is the fall in the probability of
    ``label`` (0 to 1) when this piece is deleted and the message is read again.
    """

    start: int
    end: int
    text: str
    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """How one message reads: manner, state, how sure, and why.

    Probabilities run over all labels of a head and sum to 1. ``present_probabilities`` says of each state but calm,
    each by itself, how likely it is clearly present, leading or not; ``also`` names the further ones that are.
    ``reason`` says why the message could not be read (``empty``, ``symbols_only``, ``not_chinese``, ``too_short``,
    ``bot_text``, ``no_cue``); then the labels are ``unclear`` and ``calm`` and the probabilities are the base rates of
    the training data. ``model`` names the model that answered. ``unclear``, ``calm`` and texts of more than
    20,000 characters have no evidence.
    """

    text: str
    temperament: TemperamentLabel
    state: StateLabel
    temperament_probabilities: dict[str, float]
    state_probabilities: dict[str, float]
    confidence: dict[str, Band]
    present_probabilities: dict[str, float] = field(default_factory=dict)
    also: tuple[StateLabel, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None
    model: str = ""

    @classmethod
    def of(cls, temperament: str = "unclear", state: str = "calm", text: str = "") -> "Reading":
        """Make the reading of somebody whose labels are known; any accepted name of a label will do."""
        manner, feeling = temperament_label(temperament), state_label(state)
        return cls(
            text=text,
            temperament=manner,
            state=feeling,
            temperament_probabilities={label: float(label == manner) for label in TEMPERAMENTS},
            state_probabilities={label: float(label == feeling) for label in STATES},
            confidence={"temperament": "high", "state": "high"},
            present_probabilities={label: float(label == feeling) for label in FEELINGS},
            model="given",
        )


@dataclass(slots=True)
class _Open:
    """A ``Reading`` in the making: the same slots, but not yet frozen, which makes it four times faster to fill."""

    text: str
    temperament: TemperamentLabel
    state: StateLabel
    temperament_probabilities: dict[str, float]
    state_probabilities: dict[str, float]
    confidence: dict[str, Band]
    present_probabilities: dict[str, float]
    also: tuple[StateLabel, ...]
    evidence: tuple[Evidence, ...]
    reason: str | None
    model: str


def quick_reading(*fields: Any) -> Reading:
    """Return ``Reading(*fields)``, all of them given in order; for those who make many."""
    made: Any = _Open(*fields)
    made.__class__ = Reading
    return cast(Reading, made)
