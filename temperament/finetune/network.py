"""The encoder as a torch module, filled with the pretrained weights; every token gets its own scores."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from temperament.finetune.e5 import Pretrained

DROPPED = 0.1
_SMALL = 1e-12
_HIDDEN = -1e4


class Dropout(nn.Module):
    """Dropout that draws one random byte a value, five times faster on a CPU than drawing a float."""

    def forward(self, values: Tensor) -> Tensor:
        """Drop a tenth of the values while training."""
        if not self.training:
            return values
        least = int(DROPPED * 256)
        kept = torch.randint(0, 256, values.shape, dtype=torch.uint8) >= least
        return values * kept * (256 / (256 - least))


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT.

    Attention is written out: torch's fused kernel is slow backwards on a CPU, and plain products export well.
    """

    def __init__(self, width: int, inner: int, heads: int) -> None:
        """Make the layer."""
        super().__init__()
        self.qkv, self.o = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.ln1, self.ln2 = nn.LayerNorm(width, _SMALL), nn.LayerNorm(width, _SMALL)
        self.fi, self.fo = nn.Linear(width, inner), nn.Linear(inner, width)
        self.drop, self.heads = Dropout(), heads

    def forward(self, states: Tensor, hidden: Tensor) -> Tensor:
        """Map token states (texts × tokens × width); ``hidden`` is added to the attention scores."""
        texts, tokens, width = states.shape
        size = width // self.heads
        query, key, value = self.qkv(states).view(texts, tokens, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(torch.matmul(query, key.transpose(-1, -2)) * size**-0.5 + hidden, -1)
        mixed = torch.matmul(weights.to(value.dtype), value).transpose(1, 2).reshape(texts, tokens, width)
        states = self.ln1(states + self.o(mixed))
        return self.ln2(states + self.drop(self.fo(nn.functional.gelu(self.fi(states)))))


class Network(nn.Module):
    """Tokens in, scores of every token out (texts × tokens × outputs)."""

    def __init__(
        self, vocabulary: int, positions: int, width: int, inner: int, heads: int, layers: int, outputs: int
    ) -> None:
        """Make an unfilled network."""
        super().__init__()
        self.word, self.pos = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        self.ln, self.drop = nn.LayerNorm(width, _SMALL), Dropout()
        self.layers = nn.ModuleList(Layer(width, inner, heads) for _ in range(layers))
        self.head = nn.Linear(width, outputs)
        nn.init.normal_(self.head.weight, std=0.02)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Score tokens; ``mask`` is 1 for tokens, 0 for padding."""
        states = self.drop(self.ln(self.word(ids) + self.pos.weight[: ids.shape[1]]))
        hidden = (1 - mask[:, None, None, :].to(states.dtype)) * _HIDDEN
        for layer in self.layers:
            states = layer(states, hidden)
        scores: Tensor = self.head(self.drop(states).float())
        return scores


def pooled(scores: Tensor, mask: Tensor) -> Tensor:
    """Return the scores of texts: the mean over their tokens."""
    weights = mask[..., None].to(scores.dtype)
    return (scores * weights).sum(1) / weights.sum(1)


def pretrained_network(source: Pretrained, kept: list[int], outputs: int) -> Network:
    """Return the network with the pretrained weights and a fresh head; embeddings are frozen."""
    positions = source.floats("emb.pos").reshape(-1, source.width)
    network = Network(len(kept), len(positions), source.width, source.inner, source.heads, source.layers, outputs)
    words = source.matrix("emb.word", source.width)[kept]
    _fill(network.word.weight, words)
    _fill(network.pos.weight, positions + source.floats("emb.type")[: source.width])
    _fill(network.ln.weight, source.floats("emb.ln.w"))
    _fill(network.ln.bias, source.floats("emb.ln.b"))
    for number, layer in enumerate(network.layers):
        _fill_layer(layer, source, f"l{number}.")
    for frozen in (network.word, network.pos):
        frozen.weight.requires_grad = False
    return network


def _fill_layer(layer: Any, source: Pretrained, prefix: str) -> None:
    width, inner = source.width, source.inner
    _fill(layer.qkv.weight, np.concatenate([source.matrix(f"{prefix}{one}.w", width) for one in "qkv"]))
    _fill(layer.qkv.bias, np.concatenate([source.floats(f"{prefix}{one}.b") for one in "qkv"]))
    for part, name, columns in ((layer.o, "ao", width), (layer.fi, "fi", width), (layer.fo, "fo", inner)):
        _fill(part.weight, source.matrix(f"{prefix}{name}.w", columns))
        _fill(part.bias, source.floats(f"{prefix}{name}.b"))
    for part, name in ((layer.ln1, "aln"), (layer.ln2, "oln")):
        _fill(part.weight, source.floats(f"{prefix}{name}.w"))
        _fill(part.bias, source.floats(f"{prefix}{name}.b"))


def _fill(parameter: Tensor, values: Any) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.ascontiguousarray(values)))
