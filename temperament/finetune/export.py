"""Write a trained network as an ONNX file with int8 weights."""

import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch

from temperament.finetune.network import Network

BLOCK = 64
INT8_PRODUCTS = 4
"""The quantizer's accuracy level at which activations are int8 too."""


def onnx_bytes(network: Network) -> bytes:
    """Return the network as ONNX: inputs ``ids`` and ``mask`` (texts × tokens), output ``scores``, weights in int8.

    The products after the activation get one scale for every 64 weights and activations, for single large activations
    there spoil a scale for all; the others get one a row. Measured on 500 messages against finer scales everywhere: mean
    difference of a score 0.09 (0.25 without the exception), one label in 60 another, twice as fast.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    example = torch.ones(2, 7, dtype=torch.long)
    axes = {name: {0: "texts", 1: "tokens"} for name in ("ids", "mask", "scores")}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger().setLevel(logging.ERROR)
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        torch.onnx.export(
            network.eval(),
            (example, example),
            str(whole),
            input_names=["ids", "mask"],
            output_names=["scores"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        apart = _after_activation(onnx.load(whole), network)
        quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=apart)
        products = MatMulNBitsQuantizer(
            onnx.load(small), bits=8, block_size=BLOCK, is_symmetric=True, accuracy_level=INT8_PRODUCTS
        )
        products.process()
        return bytes(products.model.model.SerializeToString())


def _after_activation(graph: Any, network: Network) -> list[str]:
    """Return the names of the products that leave the inner width."""
    sizes = {one.name: list(one.dims) for one in graph.graph.initializer}
    shape = list(reversed(network.layers[0].fo.weight.shape))
    return [
        node.name
        for node in graph.graph.node
        if node.op_type == "MatMul" and any(sizes.get(name) == shape for name in node.input)
    ]
