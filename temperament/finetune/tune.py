"""Fine-tune the encoder on labelled messages, blend it with the linear model, calibrate, export.

AdamW with a learning rate that falls from layer to layer (Howard & Ruder 2018, "ULMFiT"), linear warm-up and decay, bf16
where the processor has it. Messages with grades (``temperament.grades``) teach those too, by outputs of their own that
are taken off in the end. About 55 minutes for 16,500 messages and 4 epochs on two cores. One fold of five is held out:
the blend, its temperature, bands and thresholds are learned there, on messages neither part has seen.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from temperament.datasets import Example
from temperament.finetune import e5
from temperament.finetune.network import Network, pooled, pretrained_network
from temperament.grades import GREATEST
from temperament.labels import FEELINGS, HEADS, LABELS, Head
from temperament.language import Report

SEED = 0
EPOCHS = 3
BATCH = 32
LONGEST = 190
LAYER_DECAY = 0.87
RATES, LAST_RATES = (1e-4, 5e-4), (5e-5, 1.5e-4)
"""Learning rates of the top layer and of the head: of the first epochs, and of the last one on the surest labels."""
WARM_UP = 0.08
SMOOTHING = 0.02
TORN_SHARE = 0.2
GRADE_WEIGHT = 0.5
OUTPUTS = sum(len(LABELS[head]) for head in HEADS) + len(FEELINGS)
_POOL = 50


@dataclass(frozen=True, slots=True)
class Lesson:
    """One training message: token ids with both marks, the shares of every label, the feelings present, any grades."""

    ids: list[int]
    shares: dict[Head, list[float]]
    present: list[float]
    grades: tuple[float, ...] = ()


def lessons(examples: Sequence[Example], texts: Sequence[str], tokenizer: Any) -> list[Lesson]:
    """Return the lessons of folded texts; rows of one text are its votes and share its label."""
    votes: dict[str, list[Example]] = {}
    for text, example in zip(texts, examples, strict=True):
        votes.setdefault(text, []).append(example)
    encodings = tokenizer.encode_batch([text.replace("\n", " ") for text in votes])
    return [
        Lesson(
            ids=with_marks(encoding.ids[:LONGEST]),
            shares={head: _shares(group, head) for head in HEADS},
            present=[max(float(one.shows(feeling)) for one in group) for feeling in FEELINGS],
            grades=next((one.grades for one in group if one.grades), ()),
        )
        for encoding, group in zip(encodings, votes.values(), strict=True)
    ]


def with_marks(ids: Sequence[int]) -> list[int]:
    """Put the marks of start and end around token ids."""
    return [e5.MARKS.index("<s>"), *ids, e5.MARKS.index("</s>")]


def _shares(group: Sequence[Example], head: Head) -> list[float]:
    """Return the mean of the votes; a label the reader was torn about takes a fifth of that vote."""
    total = np.zeros(len(LABELS[head]))
    for example in group:
        torn = [label for label in example.torn if label in LABELS[head]]
        total[LABELS[head].index(getattr(example, head))] += 1 - TORN_SHARE * bool(torn)
        for label in torn:
            total[LABELS[head].index(label)] += TORN_SHARE / len(torn)
    smooth = (1 - SMOOTHING) * total / len(group) + SMOOTHING / len(total)
    return [float(share) for share in smooth]


def make_tokenizer(source: e5.Pretrained, kept: list[int]) -> Any:
    """Return the tokenizer of the kept pieces."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    unknown = e5.MARKS.index("<unk>")
    tokenizer = Tokenizer(models.Unigram([source.pieces[number] for number in kept], unk_id=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    return tokenizer


def fine_tune(
    taught: Sequence[Lesson],
    report: Report,
    *,
    epochs: int = EPOCHS,
    rates: tuple[float, float] = RATES,
    network: Network | None = None,
) -> Network:
    """Train the network; ``report`` is told after every hundred steps. ``network`` defaults to the pretrained one.

    ``rates`` are the greatest learning rates of the top layer and of the head. The network keeps its outputs for grades,
    if it has any, until ``without_grades``.
    """
    random.seed(SEED)
    torch.manual_seed(SEED)
    if network is None:
        source = e5.read(e5.locate())
        network = pretrained_network(source, e5.kept_pieces(source.pieces), OUTPUTS + len(GREATEST))
    optimizer = torch.optim.AdamW(_groups(network, rates), weight_decay=0.01, betas=(0.9, 0.98), eps=1e-6)
    greatest = [group["lr"] for group in optimizer.param_groups]
    steps = epochs * ((len(taught) + BATCH - 1) // BATCH)
    network.train()
    step, total = 0, 0.0
    for _ in range(epochs):
        for batch in _batches(taught):
            factor = min((step + 1) / (WARM_UP * steps), max(0.0, (steps - step) / ((1 - WARM_UP) * steps)))
            for group, rate in zip(optimizer.param_groups, greatest, strict=True):
                group["lr"] = rate * min(factor, 1.0)
            loss = _loss(network, [taught[place] for place in batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            step, total = step + 1, total + loss.item()
            if step % 100 == 0:
                report(f"第 {step}/{steps} 步，损失 {total / 100:.3f}", f"step {step}/{steps}, loss {total / 100:.3f}")
                total = 0.0
    return network.eval()


def without_grades(network: Network) -> Network:
    """Take the outputs for grades off the network's head, in place, and return the network."""
    head = nn.Linear(network.head.in_features, OUTPUTS)
    with torch.no_grad():
        head.weight.copy_(network.head.weight[:OUTPUTS])
        head.bias.copy_(network.head.bias[:OUTPUTS])
    network.head = head
    return network.eval()


def _groups(network: Network, rates: tuple[float, float]) -> list[dict[str, Any]]:
    """Give every layer its learning rate: the deeper, the smaller."""
    count, (top, head) = len(network.layers), rates
    groups: list[dict[str, Any]] = [{"params": list(network.head.parameters()), "lr": head}]
    groups += [
        {"params": list(layer.parameters()), "lr": top * LAYER_DECAY ** (count - 1 - number)}
        for number, layer in enumerate(network.layers)
    ]
    return [*groups, {"params": list(network.ln.parameters()), "lr": top * LAYER_DECAY**count}]


def _batches(taught: Sequence[Lesson]) -> Iterator[list[int]]:
    """Shuffle, and put messages of like length together so that little is padded."""
    order = list(range(len(taught)))
    random.shuffle(order)
    batches = []
    for start in range(0, len(order), BATCH * _POOL):
        pool = sorted(order[start : start + BATCH * _POOL], key=lambda place: len(taught[place].ids))
        batches += [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
    random.shuffle(batches)
    yield from batches


def padded(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Return token ids and their mask (texts × tokens), the shorter texts filled up."""
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), e5.MARKS.index("<pad>"))
    mask = torch.zeros(len(rows), longest)
    for row, own in enumerate(rows):
        ids[row, : len(own)] = torch.tensor(own)
        mask[row, : len(own)] = 1
    return ids, mask


def _loss(network: Network, batch: Sequence[Lesson]) -> Tensor:
    """Return cross-entropy of both heads, of the feelings' presence, and of the grades where the network has any."""
    ids, mask = padded([one.ids for one in batch])
    with torch.autocast("cpu", torch.bfloat16):
        scores = pooled(network(ids, mask).float(), mask)
    first, total = 0, torch.zeros(())
    for head in HEADS:
        last = first + len(LABELS[head])
        shares = torch.tensor([one.shares[head] for one in batch])
        total = total - (shares * torch.log_softmax(scores[:, first:last], 1)).sum(1).mean()
        first = last
    present = torch.tensor([one.present for one in batch])
    total = total + nn.functional.binary_cross_entropy_with_logits(scores[:, first:OUTPUTS], present)
    return total + GRADE_WEIGHT * _loss_of_grades(scores[:, OUTPUTS:], batch)


def _loss_of_grades(scores: Tensor, batch: Sequence[Lesson]) -> Tensor:
    """Return the cross-entropy of the grades, summed over the scales; a lesson without grades counts as nothing."""
    graded = [place for place, one in enumerate(batch) if one.grades and scores.shape[1]]
    if not graded:
        return torch.zeros(())
    shares = torch.tensor([batch[place].grades for place in graded])
    return nn.functional.binary_cross_entropy_with_logits(scores[graded], shares, reduction="sum") / len(batch)
