"""Write a trained network as an ONNX file with int8 weights.

The graph is written by hand of onnxruntime's fused operators. A product takes 8-bit numbers with one scale a column of
weights and one for its input, found on sample texts. The last product of a layer has a scale for every token instead:
in the marks of start and end its input reaches hundreds of times its usual size. No scale depends on the batch, so
a text scores the same whatever stands beside it.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from onnx import TensorProto
from torch import nn

from temperament.finetune.graph import ENGINE, Graph, Singles, rounded
from temperament.finetune.network import Network

SAMPLE = 300
"""So many texts are enough to find the ranges of all inputs."""
_LEAST_GELU = 0.17
"""No Gaussian error linear unit gives less than -0.16998."""
_PARTS = ("qkv", "o", "fi")


def onnx_bytes(network: Network, sample: Sequence[Sequence[int]]) -> bytes:
    """Return the network as ONNX: inputs ``ids`` and ``mask`` (texts × tokens), output ``scores``, weights in int8.

    ``sample`` are token ids, marks included, of texts like those that will be read; the first ``SAMPLE`` are used.
    """
    graph = Graph()
    states = _embedded(graph, network)
    mask = graph.add("Cast", "mask", to=TensorProto.INT32)
    for layer, seen in zip(network.layers, _seen(network.eval(), sample[:SAMPLE]), strict=True):
        states = _layer(graph, layer, seen, states, mask)
    products = graph.add("MatMul", states, graph.constant(_array(network.head.weight).T))
    scores = graph.add("Add", products, graph.constant(_array(network.head.bias)))
    return graph.bytes(("ids", "mask"), scores, network.head.out_features)


def _seen(network: Network, sample: Sequence[Sequence[int]]) -> list[dict[str, Singles]]:
    """Return, for every layer, what its products are given for the sample texts (tokens × width)."""
    seen: list[dict[str, list[Singles]]] = [{part: [] for part in _PARTS} for _ in network.layers]

    def keep(own: list[Singles], _: nn.Module, given: tuple[torch.Tensor]) -> None:
        own.append(_array(given[0][0]))

    hooks = [
        getattr(layer, part).register_forward_pre_hook(partial(keep, own[part]))
        for layer, own in zip(network.layers, seen, strict=True)
        for part in _PARTS
    ]
    with torch.no_grad():
        for row in sample:
            network(torch.tensor([list(row)]), torch.ones(1, len(row), dtype=torch.long))
    for hook in hooks:
        hook.remove()
    return [{part: np.concatenate(own[part]) for part in _PARTS} for own in seen]


def _embedded(graph: Graph, network: Network) -> str:
    """Append the look-up of words and places; words are kept as whole numbers, one scale a column."""
    whole, scales = rounded(_array(network.word.weight))
    found = graph.add("Cast", graph.add("Gather", graph.constant(whole), "ids"), to=TensorProto.FLOAT)
    words = graph.add("Mul", found, graph.constant(scales))
    first, tokens = graph.constant(np.array([0])), graph.add("Shape", "ids", start=1, end=2)
    places = graph.add("Slice", graph.constant(_array(network.pos.weight)), first, tokens, first)
    own = (graph.constant(_array(one)) for one in (network.ln.weight, network.ln.bias))
    return graph.add("LayerNormalization", graph.add("Add", words, places), *own, axis=-1, epsilon=network.ln.eps)


def _layer(graph: Graph, layer: Any, seen: dict[str, Singles], states: str, mask: str) -> str:
    """Append one transformer layer."""
    one = graph.quantized(states, seen["qkv"], _array(layer.qkv.weight).T)
    bias = graph.constant(_array(layer.qkv.bias))
    inputs = (one.values, one.weights, bias, one.scale, one.scales, mask, one.zero, one.zeros)
    mixed = graph.add("QAttention", *inputs, domain=ENGINE, num_heads=layer.heads)
    mixed = graph.multiply(graph.quantized(mixed, seen["o"], _array(layer.o.weight).T))
    states = _normalized(graph, layer.ln1, mixed, states, _array(layer.o.bias))
    inner = graph.multiply(graph.quantized(states, seen["fi"], _array(layer.fi.weight).T))
    inner = graph.add("BiasGelu", inner, graph.constant(_array(layer.fi.bias)), domain=ENGINE)
    outer, lifted_bias = _outer(graph, layer.fo, inner)
    return _normalized(graph, layer.ln2, outer, states, lifted_bias)


def _outer(graph: Graph, linear: nn.Linear, values: str) -> tuple[str, Singles]:
    """Append the last product of a layer, without its bias, which is returned.

    The input is lifted above 0, so that all 8 bits count; the bias takes back what that adds.
    """
    whole, scales = rounded(_array(linear.weight).T)
    lifted = graph.add("Add", values, graph.scalar(_LEAST_GELU))
    product, row_scales = graph.quantized_by_row(lifted, whole, scales)
    bias = _array(linear.bias) - _LEAST_GELU * (whole * scales).sum(axis=0)
    return graph.add("Mul", graph.multiply(product), row_scales), bias.astype(np.float32)


def _normalized(graph: Graph, norm: nn.LayerNorm, values: str, states: str, bias: Singles) -> str:
    """Append the sum of both inputs and the bias, normalised."""
    own = (graph.constant(one) for one in (_array(norm.weight), _array(norm.bias), bias))
    return graph.add("SkipLayerNormalization", values, states, *own, domain=ENGINE, epsilon=norm.eps)


def _array(values: torch.Tensor) -> Singles:
    singles: Singles = values.detach().to(torch.float32).numpy()
    return singles
