"""ONNX graphs written node by node, with products of 8-bit numbers."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Singles = NDArray[np.float32]
ENGINE = "com.microsoft"
"""The domain of onnxruntime's own operators; those used here are in every version since 1.17."""
_OPSETS = (("", 17), (ENGINE, 1))
_IR = 8
_TOP = 127
_LEVELS = 255
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Product:
    """What an 8-bit product needs to know of its input and weights: names of nodes and constants."""

    values: str
    weights: str
    scale: str
    scales: str
    zero: str
    zeros: str


@dataclass(slots=True)
class Graph:
    """Nodes and constants; every method returns the names that later nodes use as inputs."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, values: Any) -> str:
        """Keep an array."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def scalar(self, value: float) -> str:
        """Keep one number in single precision."""
        return self._kept(np.float32(value))

    def _kept(self, value: Any) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value), name))
        return name

    def add(self, operator: str, *inputs: str, domain: str = "", **settings: Any) -> str:
        """Append a node with one output."""
        name = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, domain=domain, **settings))
        return name

    def quantized(self, values: str, seen: Singles, weights: Singles) -> Product:
        """Make 8-bit numbers of an input of which ``seen`` is a sample (tokens × width), and of its weights.

        Channels with large values share them with their weights before rounding (Xiao et al. 2023, "SmoothQuant", with
        their exponent of one half): the product stays the same, the range that 255 levels must span shrinks.
        """
        reach = np.maximum(np.abs(seen).max(axis=0), _TINY)
        factors = np.sqrt(reach / np.maximum(np.abs(weights).max(axis=1), _TINY)).astype(np.float32)
        shared = self.add("Mul", values, self.constant(1 / factors))
        smooth = seen / factors
        low, high = min(float(smooth.min()), 0.0), max(float(smooth.max()), 0.0)
        scale = max((high - low) / _LEVELS, _TINY)
        whole, scales = rounded(weights * factors[:, None])
        names = self.scalar(scale), self._kept(np.uint8(round(-low / scale)))
        return Product(self.add("QuantizeLinear", shared, *names), *self._weights(whole, scales, *names))

    def quantized_by_row(self, values: str, whole: NDArray[np.int8], scales: Singles) -> tuple[Product, str]:
        """Make 8-bit numbers of an input without negative values; the product is to be multiplied by the row scales."""
        row_scales = self.add("Mul", self.add("ReduceMax", values, axes=[-1], keepdims=1), self.scalar(1 / _LEVELS))
        names = self.scalar(1.0), self._kept(np.uint8(0))
        rounded_values = self.add("QuantizeLinear", self.add("Div", values, row_scales), *names)
        return Product(rounded_values, *self._weights(whole, scales, *names)), row_scales

    def _weights(self, whole: NDArray[np.int8], scales: Singles, scale: str, zero: str) -> tuple[str, ...]:
        zeros = np.zeros(len(scales), np.int8)
        return self.constant(whole), scale, self.constant(scales), zero, self.constant(zeros)

    def multiply(self, product: Product) -> str:
        """Append the product of 8-bit numbers, scaled back."""
        one = product
        names = (one.values, one.weights, one.scale, one.scales, one.zero, one.zeros)
        return self.add("MatMulIntegerToFloat", *names, domain=ENGINE)

    def bytes(self, inputs: tuple[str, ...], output: str, width: int) -> bytes:
        """Return the finished graph: whole numbers in (texts × tokens), ``width`` scores a token out."""
        axes = ["texts", "tokens"]
        self.nodes.append(helper.make_node("Identity", [output], ["scores"], name="scores"))
        graph = helper.make_graph(
            self.nodes,
            "encoder",
            [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in inputs],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [*axes, width])],
            self.constants,
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=_IR).SerializeToString())


def rounded(weights: Singles) -> tuple[NDArray[np.int8], Singles]:
    """Return weights (inputs × outputs) as whole numbers up to 127, and the scale of every column."""
    scales = np.maximum(np.abs(weights).max(axis=0) / _TOP, _TINY).astype(np.float32)
    whole: NDArray[np.int8] = np.rint(weights / scales).astype(np.int8)
    return whole, scales
