"""Runs the converted network with onnxruntime, one text at a time."""

from pathlib import Path

import numpy as np
import onnxruntime

from index.embedded.layout import MODEL_FILE
from index.embedded.unigram import UnigramTokenizer
from index.errors import EncoderError
from index.int8 import Float32


class EmbeddedModel:
    """Text → one L2-normalised vector; may be called from several threads at once.

    One text is one run. Batches would be no quicker on a CPU, would pad, and would make a vector
    depend on its neighbours, because activations are quantised per run.
    """

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Further optimisation fuses nothing here but Add + LayerNormalization, to a slower kernel.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.log_severity_level = 3
        try:
            self._tokenizer = UnigramTokenizer.from_path(folder)
            self._session = onnxruntime.InferenceSession(
                folder / MODEL_FILE, options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:  # onnxruntime's errors share no base class
            raise EncoderError(f"编码模型缓存已损坏：{exc}。请删除 {folder} 后重试。") from exc
        self.dimensions: int = self._session.get_outputs()[0].shape[-1]

    def embed(self, text: str) -> Float32:
        """The vector of one clean, already prefixed text: float32, (dimensions,)."""
        ids = np.array([self._tokenizer.encode(text)], dtype=np.int64)
        (vectors,) = self._session.run(["embedding"], {"input_ids": ids})
        return np.asarray(vectors[0], dtype=np.float32)
