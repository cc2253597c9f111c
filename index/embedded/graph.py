"""The int8 network as an ONNX graph, one text at a time: token ids → one normalised vector.

Words are looked up in the 4-bit table without loss. The table lies in a file of its own, which
onnxruntime maps into memory: only the words in use take room, and processes share them. The linear
layers have int8 weights with a scale per output; their inputs are quantised on the fly.

Weights stay within 7 bits (-64..64), so that processors without VNNI, which add pairs of products
in 16 bits, cannot overflow and every machine computes the same integers.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from index.embedded.weights import PackedWeights, Shape
from index.int8 import Float32, quantised

WEIGHT_LIMIT = 64  # 255 * 64 * 2 < 2**15
_CONTRIB = "com.microsoft"
_OPSETS = {"": 18, _CONTRIB: 1}
_IR_VERSION = 9  # read by onnxruntime 1.17 and newer


class Graph:
    """Nodes and constants under construction; every method adds one step and returns its name."""

    def __init__(self, shape: Shape, epsilon: float) -> None:
        self.shape = shape
        self.epsilon = epsilon
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        """An array kept in the model file."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(
        self, kind: str, inputs: list[str], result: str, *, domain: str = "", **settings: object
    ) -> str:
        """An operator with one result."""
        attributes: dict[str, Any] = settings
        node = helper.make_node(kind, inputs, [result], name=result, domain=domain, **attributes)
        self.nodes.append(node)
        return result

    def linear(self, x: str, result: str, weight: Float32, bias: Float32) -> str:
        """``x @ weight.T + bias``; ``weight`` (out, in) becomes int8, ``x`` is quantised in use."""
        values, scales = quantised(weight, WEIGHT_LIMIT)
        weight_name = self.constant(f"{result}.w", values.T)
        scales_name = self.constant(f"{result}.s", scales)
        inputs = [x, weight_name, scales_name, "", self.constant(f"{result}.b", bias)]
        return self.op("DynamicQuantizeMatMul", inputs, result, domain=_CONTRIB)

    def norm(self, x: str, result: str, weight: Float32, bias: Float32) -> str:
        """Layer normalisation."""
        constants = [self.constant(f"{result}.w", weight), self.constant(f"{result}.b", bias)]
        return self.op("LayerNormalization", [x, *constants], result, epsilon=self.epsilon)


def build_model(weights: PackedWeights, *, table_file: str) -> onnx.ModelProto:
    """The whole network; its word table is expected in ``table_file`` beside the model.

    The graph takes int64 ``input_ids`` (1, tokens), without padding, and gives float32
    ``embedding`` (1, hidden), L2-normalised.
    """
    graph = Graph(weights.shape, weights.epsilon)
    x = _embeddings(graph, weights, table_file)
    for layer in range(weights.shape.layers):
        x = _layer(graph, weights, f"l{layer}", x)
    graph.op("ReduceMean", [x, graph.constant("pool.axes", np.array([1]))], "mean", keepdims=0)
    graph.op("LpNormalization", ["mean"], "embedding", axis=-1, p=2)
    return _model(graph)


def word_table(weights: PackedWeights, *, rows_at_once: int = 16384) -> Iterator[bytes]:
    """What the table file holds: int8 (vocabulary, hidden / 32, 32), in pieces."""
    for begin in range(0, weights.shape.vocabulary, rows_at_once):
        values, _ = weights.blocks("emb.word", slice(begin, begin + rows_at_once))
        yield values.tobytes()


def _model(graph: Graph) -> onnx.ModelProto:
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])
    vector = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, graph.shape.hidden])
    return helper.make_model(
        helper.make_graph(graph.nodes, "encoder", [ids], [vector], graph.constants),
        opset_imports=[helper.make_opsetid(name, version) for name, version in _OPSETS.items()],
        ir_version=_IR_VERSION,
        producer_name="dutydesk",
    )


def _embeddings(graph: Graph, weights: PackedWeights, table_file: str) -> str:
    shape = weights.shape
    _, scales = weights.blocks("emb.word")
    n_blocks = scales.shape[1]
    graph.constants.append(_external("word.values", (shape.vocabulary, n_blocks, 32), table_file))
    graph.constant("word.scales", scales.astype(np.float16))
    graph.op("Gather", ["word.values", "input_ids"], "values.int8")
    graph.op("Cast", ["values.int8"], "values", to=TensorProto.FLOAT)
    graph.op("Gather", ["word.scales", "input_ids"], "scales.half")
    graph.op("Cast", ["scales.half"], "scales", to=TensorProto.FLOAT)
    graph.op("Mul", ["values", "scales"], "words.blocks")
    flat = graph.constant("flat", np.array([1, -1, shape.hidden]))
    graph.op("Reshape", ["words.blocks", flat], "words")
    positions = weights.vector("emb.pos").reshape(shape.positions, shape.hidden)
    positions = positions + weights.vector("emb.type")[: shape.hidden]
    graph.op("Shape", ["input_ids"], "n_tokens", start=1, end=2)
    start, axis = graph.constant("start", np.array([0])), graph.constant("axis", np.array([0]))
    table = graph.constant("positions.table", positions)
    graph.op("Slice", [table, start, "n_tokens", axis], "positions")
    graph.op("Add", ["words", "positions"], "embedded")
    norm = weights.vector("emb.ln.w"), weights.vector("emb.ln.b")
    return graph.norm("embedded", "embedded.norm", *norm)


def _layer(graph: Graph, weights: PackedWeights, layer: str, x: str) -> str:
    def part(name: str) -> tuple[Float32, Float32]:
        return weights.matrix(f"{layer}.{name}.w"), weights.vector(f"{layer}.{name}.b")

    def norm(name: str) -> tuple[Float32, Float32]:
        return weights.vector(f"{layer}.{name}.w"), weights.vector(f"{layer}.{name}.b")

    projections = [part(name) for name in "qkv"]
    joined = tuple(np.concatenate(both) for both in zip(*projections, strict=True))
    graph.linear(x, f"{layer}.qkv", *joined)
    names = [f"{layer}.{name}" for name in "qkv"]
    graph.nodes.append(helper.make_node("Split", [f"{layer}.qkv"], names, axis=-1, num_outputs=3))
    attended = graph.op(
        "MultiHeadAttention",
        names,
        f"{layer}.attended",
        domain=_CONTRIB,
        num_heads=weights.shape.heads,
    )
    graph.linear(attended, f"{layer}.ao", *part("ao"))
    graph.op("Add", [x, f"{layer}.ao"], f"{layer}.middle")
    x = graph.norm(f"{layer}.middle", f"{layer}.aln", *norm("aln"))
    graph.linear(x, f"{layer}.fi", *part("fi"))
    graph.op("Gelu", [f"{layer}.fi"], f"{layer}.gelu", domain=_CONTRIB)
    graph.linear(f"{layer}.gelu", f"{layer}.fo", *part("fo"))
    graph.op("Add", [x, f"{layer}.fo"], f"{layer}.out")
    return graph.norm(f"{layer}.out", f"{layer}.oln", *norm("oln"))


def _external(name: str, dims: tuple[int, ...], file: str) -> onnx.TensorProto:
    tensor = TensorProto(name=name, dims=dims, data_type=TensorProto.INT8)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": file, "offset": "0", "length": str(np.prod(dims))}.items():
        tensor.external_data.add(key=key, value=value)
    return tensor
