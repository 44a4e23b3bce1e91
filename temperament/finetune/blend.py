"""Labelled messages → encoder folder: fine-tune, blend with a linear model, calibrate on messages neither has seen."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from temperament import classifier, encoder, model
from temperament.datasets import Example
from temperament.encoder import EncoderModel
from temperament.errors import TrainingError
from temperament.finetune import e5
from temperament.finetune.export import SAMPLE, onnx_bytes
from temperament.finetune.network import Network
from temperament.finetune.tune import (
    LAST_RATES,
    LONGEST,
    Lesson,
    fine_tune,
    lessons,
    make_tokenizer,
    with_marks,
    without_grades,
)
from temperament.labels import FEELINGS, HEADS, LABELS
from temperament.language import Report
from temperament.model import HeadModel, Model, Presence
from temperament.text import fold
from temperament.training import finish, gather
from temperament.vetting import Rules

BLEND = 0.5
"""The network's share of the scores: half and half read better on held-out messages than either part alone."""
HELD_OUT = 5
WEIGHT_DIGITS = 2
"""The linear part's weights are rounded to this many decimals: a third of the size, scores alike to 0.01."""
LEAST_WEIGHT = 0.2
"""An n-gram of the linear part with no greater weight is left out: a fifth of the size, scores alike to 0.05."""


def is_held_out(family: str) -> bool:
    """Tell whether a family of texts (``classifier.families``) belongs to the fifth that neither part is trained on."""
    return int(family, 16) % HELD_OUT == 0


def train_encoder(
    examples: Sequence[Example],
    name: str,
    report: Report,
    *,
    typical: Sequence[bool],
    last: Sequence[bool] = (),
    network: Network | None = None,
) -> tuple[EncoderModel, dict[str, bytes]]:
    """Train on four fifths, calibrate on the typical messages of the last; return the model and the files of its folder.

    ``last`` marks the examples with the surest labels: after the epochs on all comes one on these alone. ``network`` is
    an already fine-tuned one. Raises ``TrainingError`` when a label is missing.
    """
    texts = [fold(example.text).text for example in examples]
    families = classifier.families(texts)
    held = [like and is_held_out(family) for family, like in zip(families, typical, strict=True)]
    kept_apart = {family for family, apart in zip(families, held, strict=True) if apart}
    taught = [place for place, family in enumerate(families) if family not in kept_apart]
    linear = classifier.train(
        [examples[place] for place in taught], name, report, typical=[typical[place] for place in taught]
    )
    linear = _lightened(_in_order(linear))
    source = e5.read(e5.locate())
    tokenizer = make_tokenizer(source, e5.kept_pieces(source.pieces))
    if network is None:
        report("微调编码器（两核约一小时）", "fine-tuning the encoder (about an hour on two cores)")
        network = fine_tune(_lessons(examples, texts, taught, tokenizer), report)
        if any(last):
            report("最后一轮：标得最准的消息", "last epoch: the messages with the surest labels")
            surest = _lessons(examples, texts, [place for place in taught if last[place]], tokenizer)
            network = fine_tune(surest, report, epochs=1, rates=LAST_RATES, network=network)
        network = without_grades(network)
    report("导出并校准", "exporting and calibrating")
    files = {
        encoder.NETWORK: onnx_bytes(network, _sample([texts[place] for place in taught], tokenizer)),
        encoder.TOKENIZER: tokenizer.to_str().encode(),
        model.WEIGHTS: model.pack(linear, small=True),
    }
    draft = encoder.assemble(
        name, linear.heads, linear.presence, files, linear, BLEND, classifier.facts_of(examples, 0)
    )
    asked = [place for place in range(len(texts)) if held[place]]
    return _calibrated(draft, [examples[place] for place in asked], [texts[place] for place in asked]), files


def _lessons(examples: Sequence[Example], texts: list[str], places: Sequence[int], tokenizer: Any) -> list[Lesson]:
    return lessons([examples[place] for place in places], [texts[place] for place in places], tokenizer)


def _sample(texts: list[str], tokenizer: Any) -> list[list[int]]:
    """Return the token ids of some of the texts, evenly spread."""
    chosen = texts[:: -(-len(texts) // SAMPLE)]
    encodings = tokenizer.encode_batch([text.replace("\n", " ") for text in chosen])
    return [with_marks(encoding.ids[:LONGEST]) for encoding in encodings]


def _in_order(linear: Model) -> Model:
    """Put the outputs of a linear model into the order of the codebook, and drop its own calibration."""
    missing = [label for head in HEADS for label in LABELS[head] if label not in linear.heads[head].labels]
    if missing:
        raise TrainingError(
            f"微调需要所有标签都有例子，缺：{'、'.join(missing)}。",
            f"Fine-tuning needs examples of every label; missing: {', '.join(missing)}.",
        )
    order = [model.column(linear.heads, head, label) for head in HEADS for label in LABELS[head]]
    order += range(len(order), len(order) + len(FEELINGS))
    heads = {
        head: replace(
            linear.heads[head],
            labels=LABELS[head],
            shifts=tuple(linear.heads[head].shifts[linear.heads[head].labels.index(label)] for label in LABELS[head]),
        )
        for head in HEADS
    }
    return replace(linear, heads=heads, weights=linear.weights[:, order], intercepts=linear.intercepts[order])


def _lightened(linear: Model) -> Model:
    """Round the weights of a linear model and leave out the n-grams that hardly count."""
    weights = linear.weights.round(WEIGHT_DIGITS)
    kept = np.abs(weights).max(axis=1) > LEAST_WEIGHT
    if not kept.any():
        return replace(linear, weights=weights)
    vocabulary = replace(linear.vocabulary, keys=linear.vocabulary.keys[kept])
    return replace(linear, vocabulary=vocabulary, idf=linear.idf[kept], weights=weights[kept])


def _calibrated(draft: EncoderModel, gold: Sequence[Example], texts: list[str]) -> EncoderModel:
    """Learn shares, temperature, bands and thresholds on held-out messages."""
    scores = draft.outputs(texts)
    every = np.ones(len(gold), bool)
    heads: dict[Any, HeadModel] = {}
    measured: dict[str, Any] = {}
    first = 0
    for head in HEADS:
        own = scores[:, first : first + len(LABELS[head])]
        first += len(LABELS[head])
        labels = np.array([getattr(one, head) for one in gold])
        heads[head] = classifier.learn_head(own, labels, LABELS[head], every)
        measured[head] = classifier.cross_validated(own, labels, heads[head])
        if head == "state":
            leading = classifier.predicted_labels(own, heads[head])
    columns = [scores[:, first + place] for place in range(len(FEELINGS))]
    presence: Presence = classifier.learn_presence(columns, gold, leading, every)
    return replace(draft, heads=heads, presence=presence, scores=measured)


def train_encoder_model(
    files: Sequence[Path],
    tests: Sequence[Path],
    output: Path,
    report: Report,
    *,
    typical: Sequence[Path] = (),
    last: Sequence[Path] = (),
    feedback: Sequence[Path] = (),
    rules: Rules = Rules(),  # noqa: B008 (frozen)
    network: Network | None = None,
) -> str:
    """Train an encoder on labelled files as ``training.train_model`` trains the fast model; return its card.

    ``last`` names those of the ``files`` with the surest labels, which the last epoch reads alone (default: none does).
    """
    material = gather(files, tests, output, report, typical=typical, last=last, feedback=feedback, rules=rules)
    trained, parts = train_encoder(
        material.examples, output.name, report, typical=material.typical, last=material.last, network=network
    )
    return finish(trained, material, output, report, lambda done, card, folder: save(done, parts, folder, card))


def save(trained: EncoderModel, files: dict[str, bytes], folder: Path, card: str) -> None:
    """Write the folder of a trained encoder."""
    facts = {"blend": trained.blend, "training": trained.training, "scores": trained.scores}
    encoder.save(folder, trained.name, trained.heads, trained.presence, files | {model.CARD: card.encode()}, facts)
