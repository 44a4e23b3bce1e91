"""Agreement of annotators as blocks: the measures, pair by pair, label by label, and the messages they do not agree on."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from temperament.language import Language
from temperament.render.blocks import Beside, Block, Grid, Heading, Quote, Words
from temperament.render.evaluations import bracketed
from temperament.render.score_words import label_name, say

if TYPE_CHECKING:
    from temperament.evaluate.agreement import Disagreement, HeadAgreement

_MEASURES = ("percent", "unanimous", "cohen", "fleiss", "krippendorff")


def agreement_blocks(
    name: str, heads: "Sequence[HeadAgreement]", language: Language, shown: int, settings: dict[str, int]
) -> list[Block]:
    """Return the agreement on one file as blocks; ``shown`` limits the disagreements of each head."""
    blocks: list[Block] = [Heading(say("agreement_title", language, name), 1)]
    for one in heads:
        title = say("agreement_of", language, say(one.head, language), one.messages, len(one.annotators))
        tables = [_measures(one, language), _classes(one, language)]
        blocks += [Heading(title), Beside([*tables, _pairs(one, language)] if len(one.pairs) > 1 else tables)]
    if settings.get("resamples"):
        blocks.append(Words(say("how", language, f"{settings['resamples']:,}", settings["seed"])))
    for one in heads:
        blocks += _disagreements(one, language, shown)
    return blocks


def _measures(one: "HeadAgreement", language: Language) -> Grid:
    rows = [[say(name, language), bracketed(getattr(one, name), one.intervals.get(name))] for name in _MEASURES]
    if one.complete < one.messages:
        rows[3][0] += (
            say("complete", language, one.complete)
            if language == "zh"
            else f" {say('complete', language, one.complete)}"
        )
    rows.append([say("ties_count", language), str(one.ties)])
    return Grid(["", say(one.head, language)], rows)


def _pairs(one: "HeadAgreement", language: Language) -> Grid:
    rows = [
        [
            f"{pair.first} – {pair.second}",
            str(pair.messages),
            f"{pair.percent:.3f}",
            bracketed(pair.kappa, None),
            f"{pair.macro_f1:.3f}",
        ]
        for pair in one.pairs
    ]
    return Grid([say(name, language) for name in ("pair", "messages", "percent", "kappa", "macro_f1")], rows)


def _classes(one: "HeadAgreement", language: Language) -> Grid:
    rows = [[label_name(each.label, language), f"{each.share:.1%}", f"{each.specific:.3f}"] for each in one.classes]
    return Grid([say(name, language) for name in ("label", "votes_share", "specific")], rows)


def _disagreements(one: "HeadAgreement", language: Language, shown: int) -> Iterator[Block]:
    found = one.disagreements
    if not found or not shown:
        return
    yield Heading(f"{say(one.head, language)} · {say('disagreements', language, len(found))}")
    for number, each in enumerate(found[:shown], 1):
        yield Quote(_told(number, each, one.annotators, language), each.text)
    if len(found) > shown:
        yield Words(say("more_quotes", language, len(found) - shown))


def _told(number: int, one: "Disagreement", annotators: Sequence[str], language: Language) -> str:
    votes = (
        f"{who} {say('nobody', language) if vote is None else label_name(vote, language)}"
        for who, vote in zip(annotators, one.votes, strict=True)
    )
    gold = say("majority_is", language, label_name(one.gold, language)) if one.gold else say("tie", language)
    return f"{number}. {one.id}  {' | '.join(votes)}  → {gold}"
