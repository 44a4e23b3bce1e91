"""Counters for time, word and order: gaps, cutting in, promises, conclusions before questions."""

from collections.abc import Iterator
from dataclasses import replace

from temperament.advice.cues import place_of
from temperament.moments import ends_at, moment
from temperament.playbook.shapes import Measure
from temperament.scorecard.results import Occasion
from temperament.scorecard.talk import Talk, exchanges, whole


def dated(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every promise: met where a time is given."""
    for one in talk.conversation.promises:
        yield Occasion(one.within is not None, one.turn, *_where(talk, one.turn, one.text))


def kept(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every promise whose outcome shows: met where it was kept."""
    for one in talk.conversation.promises:
        if one.kept is not None:
            shown = talk.say("见第 {} 句", "shown in turn {}").format(one.shown_in) if one.shown_in is not None else ""
            yield Occasion(one.kept, one.turn, *_where(talk, one.turn, one.text), note=shown)


def _where(talk: Talk, number: int, text: str) -> tuple[int, int, str]:
    whole_text = talk.conversation.turns[number - 1].turn.text
    start = whole_text.find(text)
    return (start, start + len(text), text) if start >= 0 else (0, 0, text)


def gaps(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every answer with times: met where the customer waited no longer than the channel's limit.

    Without a channel the longest limit holds; a channel without one (letters) is not counted.
    """
    limit = measure.limits.get(talk.channel) if talk.channel else max(measure.limits.values(), default=None)
    for turn in talk.agents:
        if limit is not None and turn.answered is not None:
            waited = round(turn.answered, 1)
            yield whole(
                turn, met=turn.answered <= limit, note=talk.say(f"等了 {waited:g} 分钟", f"waited {waited:g} min")
            )


def cut_in(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every answer to a turn whose end is known: met where the agent began after it.

    Where ends are not known, only a customer who says that he was cut off shows something: that is not met.
    """
    for waiting, answer in exchanges(talk):
        end, start = ends_at(waiting[-1].turn.time), moment(answer.turn.time)
        if end is not None and start is not None:
            early = (end - start).total_seconds()
            note = talk.say(f"早了 {early:g} 秒", f"{early:g} s early") if early > 0 else ""
            yield whole(answer, met=early <= 0, note=note)
    for turn in talk.customers:
        said = talk.seen(turn, measure.when)
        if said is not None and any(one.number < turn.number for one in talk.agents):
            yield replace(said, met=False)


def before(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield once where the agent says what the cues look for: met where he asked or checked before it, or with it."""
    for place, turn in enumerate(talk.agents):
        said = talk.seen(turn, measure.cues, measure.but)
        if said is None:
            continue
        so_far = talk.agents[: place + 1]
        asked = any(set(one.moves) & set(measure.moves) for one in so_far)
        checked = any(place_of(talk.text(one), measure.when) for one in so_far)
        yield replace(said, met=asked or checked)
        return
