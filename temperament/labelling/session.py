"""One sitting of an annotator as a state machine: keys go in, the file follows, the screen asks what to show.

No key is tied to an order: temperament, state and further states can be set and changed until ``enter`` saves.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, cast

from temperament.labelling.messages import Message
from temperament.labelling.store import Label, Store
from temperament.labels import FEELINGS, HEADS, STATES, TEMPERAMENTS, Reading, StateLabel, TemperamentLabel

SuggestWhen = Literal["after", "before", "never"]
Mode = Literal["deciding", "note", "codebook", "over"]
Hint = Literal["", "no_temperament", "no_state", "nothing_to_undo", "first", "last"]
Read = Callable[[str], Reading]
TEMPERAMENT_KEYS: dict[str, TemperamentLabel] = dict(zip("12345", TEMPERAMENTS, strict=True))
STATE_KEYS: dict[str, StateLabel] = dict(zip("qwert", STATES, strict=True))
ALSO_KEYS: dict[str, StateLabel] = dict(zip("asdf", FEELINGS, strict=True))
SAVE, CANCEL, BACKSPACE, NEXT_PAGE, PREVIOUS_PAGE = "enter", "esc", "backspace", "pgdn", "pgup"
UNDO, SKIP, BACK, NOTE, BOOK, QUIT = "u", "k", "b", "n", "?", "x"


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been chosen for the message on the screen."""

    temperament: TemperamentLabel | None = None
    state: StateLabel | None = None
    also: tuple[StateLabel, ...] = ()
    note: str = ""

    @classmethod
    def of(cls, label: Label) -> "Draft":
        """Return the choices a label was made of."""
        return cls(label.temperament, label.state, label.also, label.note)


@dataclass(slots=True)
class Session:
    """Messages, the labels this annotator has given them, and where the annotator stands.

    ``place`` counts ``messages`` from 0 and equals their number at the end. ``last`` is the label just saved, for the
    comparison with the model. With ``suggest="never"`` ``read`` is never called, with ``"after"`` when a label is saved.
    """

    messages: Sequence[Message]
    store: Store
    annotator: str = ""
    suggest: SuggestWhen = "after"
    read: Read | None = None
    now: Callable[[], str] = field(default=lambda: datetime.now().astimezone().isoformat(timespec="seconds"))
    place: int = 0
    draft: Draft = field(default_factory=Draft)
    mode: Mode = "deciding"
    typed: str = ""
    page: int = 0
    hint: Hint = ""
    last: Label | None = None
    given: dict[str, Label] = field(default_factory=dict)
    _readings: dict[str, dict[str, Any]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Take up the labels that stand in the file; messages labelled before come first, so that ``back`` finds them."""
        known = {one.id for one in self.messages}
        for label in self.store.read():
            if label.annotator == self.annotator and label.id in known:
                self.given.pop(label.id, None)
                self.given[label.id] = label
        by_id = {one.id: one for one in self.messages}
        done = [by_id[identifier] for identifier in self.given]
        self.messages = [*done, *(one for one in self.messages if one.id not in self.given)]
        self._seen.update(identifier for identifier, label in self.given.items() if label.suggestion)
        self._go(len(done))

    @property
    def current(self) -> Message | None:
        """The message on the screen; ``None`` at the end."""
        return self.messages[self.place] if self.place < len(self.messages) else None

    @property
    def suggestion(self) -> dict[str, Any] | None:
        """What the model reads in the current message, where it may be shown before the decision."""
        if self.current is None or self.suggest != "before":
            return None
        self._seen.add(self.current.id)
        return self._suggested(self.current)

    def agreement(self) -> tuple[dict[str, int], int]:
        """Return how many labels agree with the model in each head, and how many were compared."""
        pairs = [(label, label.suggestion) for label in self.given.values() if label.suggestion]
        same: dict[str, int] = {
            head: sum(getattr(label, head) == read.get(head) for label, read in pairs) for head in HEADS
        }
        return same, len(pairs)

    def skipped(self) -> int:
        """Return how many messages before the current one have no label."""
        return sum(one.id not in self.given for one in self.messages[: self.place])

    def press(self, key: str) -> None:
        """Take one key: a character, or the name of a special key such as ``enter``."""
        self.hint = ""
        if key in {"ctrl-c", "eof"}:
            self.mode = "over"
        elif self.mode == "note":
            self._type(key)
        elif self.mode == "codebook":
            self._leaf(key)
        else:
            self._decide(unicodedata.normalize("NFKC", key).lower())

    def _decide(self, key: str) -> None:
        actions: dict[str, Callable[[], None]] = {
            SAVE: self._save,
            UNDO: self._undo,
            SKIP: self._skip,
            BACK: self._back,
            NOTE: self._begin_note,
            BOOK: lambda: self._show("codebook"),
            QUIT: lambda: self._show("over"),
            CANCEL: lambda: self._show("over"),
        }
        if key in {NEXT_PAGE, PREVIOUS_PAGE}:
            self._turn(key)
        elif key in actions:
            actions[key]()
        elif self.current is not None:
            self._choose(key)

    def _choose(self, key: str) -> None:
        if key in TEMPERAMENT_KEYS:
            self.draft = replace(self.draft, temperament=TEMPERAMENT_KEYS[key])
        elif key in STATE_KEYS:
            state = STATE_KEYS[key]
            self.draft = replace(self.draft, state=state, also=tuple(one for one in self.draft.also if one != state))
        elif key in ALSO_KEYS and ALSO_KEYS[key] != self.draft.state:
            chosen = set(self.draft.also) ^ {ALSO_KEYS[key]}
            self.draft = replace(self.draft, also=tuple(one for one in FEELINGS if one in chosen))

    def _save(self) -> None:
        message, draft = self.current, self.draft
        if message is None or draft.temperament is None or draft.state is None:
            self.hint = "last" if message is None else "no_state" if draft.temperament else "no_temperament"
            return
        label = Label(
            id=message.id,
            text=message.text,
            temperament=draft.temperament,
            state=draft.state,
            also=draft.also,
            note=draft.note,
            annotator=self.annotator,
            time=self.now(),
            suggestion=self._suggested(message),
            seen=message.id in self._seen,
        )
        old = self.given.pop(message.id, None)
        if old is None:
            self.store.append(label)
        else:
            self.store.change(old, label)
        self.given[message.id] = self.last = label
        self._seen.update({message.id} if label.suggestion else ())
        self._forward()

    def _forward(self) -> None:
        """Go to the next message without a label."""
        later = range(self.place + 1, len(self.messages))
        self._go(next((place for place in later if self.messages[place].id not in self.given), len(self.messages)))

    def _skip(self) -> None:
        if self.current is None:
            self.hint = "last"
            return
        self.last = None
        self._forward()

    def _back(self) -> None:
        if not self.place:
            self.hint = "first"
            return
        self.last = None
        self._go(self.place - 1)

    def _undo(self) -> None:
        """Take back the choices on the screen; where there are none, the label saved last, whose choices come back."""
        here = self.current
        kept = Draft.of(self.given[here.id]) if here is not None and here.id in self.given else Draft()
        if self.draft not in (kept, Draft()):
            self.draft = kept
        elif self.given:
            label = self.given.popitem()[1]
            self.store.remove(label)
            self.last = None
            self._go(next(place for place, one in enumerate(self.messages) if one.id == label.id))
            self.draft = Draft.of(label)
        else:
            self.hint = "nothing_to_undo"

    def _go(self, place: int) -> None:
        self.place, self.page = place, 0
        label = None if self.current is None else self.given.get(self.current.id)
        self.draft = Draft() if label is None else Draft.of(label)

    def _show(self, mode: Mode) -> None:
        self.mode, self.page = mode, 0

    def _begin_note(self) -> None:
        if self.current is not None:
            self.mode, self.typed = "note", self.draft.note

    def _type(self, key: str) -> None:
        if key == SAVE:
            self.draft = replace(self.draft, note=self.typed.strip())
        if key in {SAVE, CANCEL}:
            self.mode = "deciding"
        elif key == BACKSPACE:
            self.typed = self.typed[:-1]
        elif len(key) == 1 and key.isprintable():
            self.typed += key

    def _leaf(self, key: str) -> None:
        if key in {NEXT_PAGE, PREVIOUS_PAGE, " ", SAVE}:
            self._turn(NEXT_PAGE if key in {" ", SAVE} else key)
        else:
            self._show("deciding")

    def _turn(self, key: str) -> None:
        """Turn a page; whoever draws knows how many there are and brings ``page`` back into bounds."""
        self.page = max(self.page + (1 if key == NEXT_PAGE else -1), 0)

    def _suggested(self, message: Message) -> dict[str, Any] | None:
        if self.suggest == "never" or self.read is None:
            return None
        if message.id not in self._readings:
            self._readings[message.id] = suggestion_of(self.read(message.text))
        return self._readings[message.id]


def suggestion_of(reading: Reading) -> dict[str, Any]:
    """Return of a reading what is kept beside a label."""
    chances = {
        head: round(cast("dict[str, float]", getattr(reading, f"{head}_probabilities"))[getattr(reading, head)], 4)
        for head in HEADS
    }
    return {
        "temperament": reading.temperament,
        "state": reading.state,
        "also": list(reading.also),
        "probability": chances,
        "model": reading.model,
    }
