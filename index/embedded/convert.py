"""Packed weights → the files of the model's folder.

They are an ordinary sentence-transformers directory and, in it, the int8 network that Duty Desk
itself runs. Neither torch nor transformers is imported.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from safetensors.numpy import save_file

from index.embedded.graph import build_model, word_table
from index.embedded.layout import MODEL_FILE, PIECES_FILE, SCORES_FILE, WORD_TABLE_FILE
from index.embedded.tokenizer import build_tokenizer
from index.embedded.unigram import BEGIN, END, MASK, MAX_TOKENS, PADDING, UNKNOWN, save_vocabulary
from index.embedded.weights import FILE_SHA256, WHEEL, PackedWeights
from index.int8 import Float32

PROMPTS = {"query": "query: ", "passage": "passage: "}

_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "aln": "attention.output.LayerNorm",
    "oln": "output.LayerNorm",
}


def convert(weights: PackedWeights, folder: Path) -> None:
    """Write every file of the model into an existing, empty folder."""
    save_vocabulary(folder, weights.vocabulary.pieces)
    with (folder / WORD_TABLE_FILE).open("wb") as table:
        table.writelines(word_table(weights))
    onnx.save(build_model(weights, table_file=WORD_TABLE_FILE), folder / MODEL_FILE)
    build_tokenizer(weights.vocabulary).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _settings(weights).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (folder / "README.md").write_text(_README, "utf-8")
    save_file(dict(_float_tensors(weights)), folder / "model.safetensors", {"format": "pt"})


def _float_tensors(weights: PackedWeights) -> Iterator[tuple[str, Float32]]:
    """Every tensor of transformers' BertModel, in float32."""
    shape = weights.shape
    hidden = shape.hidden
    yield "embeddings.word_embeddings.weight", weights.matrix("emb.word")
    for ours, theirs in (("pos", "position"), ("type", "token_type")):
        table = weights.vector(f"emb.{ours}").reshape(-1, hidden)
        yield f"embeddings.{theirs}_embeddings.weight", table
    yield "embeddings.LayerNorm.weight", weights.vector("emb.ln.w")
    yield "embeddings.LayerNorm.bias", weights.vector("emb.ln.b")
    for layer in range(shape.layers):
        for ours, theirs in _NAMES.items():
            read = weights.vector if ours in ("aln", "oln") else weights.matrix
            yield f"encoder.layer.{layer}.{theirs}.weight", read(f"l{layer}.{ours}.w")
            yield f"encoder.layer.{layer}.{theirs}.bias", weights.vector(f"l{layer}.{ours}.b")
    # Mean pooling never uses BERT's own pooler, yet loading complains when it is absent.
    yield "pooler.dense.weight", np.zeros((hidden, hidden), dtype=np.float32)
    yield "pooler.dense.bias", np.zeros(hidden, dtype=np.float32)


def _settings(weights: PackedWeights) -> dict[str, object]:
    """The JSON files of a sentence-transformers directory, by name."""
    shape, vocabulary = weights.shape, weights.vocabulary
    modules = ("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.feed_forward,
            "layer_norm_eps": weights.epsilon,
            "max_position_embeddings": shape.positions,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "pad_token_id": vocabulary.padding,
            "type_vocab_size": shape.types,
            "vocab_size": shape.vocabulary,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "model_input_names": ["input_ids", "attention_mask"],
            **_SPECIAL_TOKENS,
        },
        "special_tokens_map.json": _SPECIAL_TOKENS,
        "modules.json": [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for n, (kind, path) in enumerate(modules)
        ],
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
    }


_SPECIAL_TOKENS = {
    "bos_token": BEGIN,
    "cls_token": BEGIN,
    "eos_token": END,
    "sep_token": END,
    "pad_token": PADDING,
    "unk_token": UNKNOWN,
    "mask_token": MASK,
}
_README = f"""# multilingual-e5-small

The weights of intfloat/multilingual-e5-small (MIT), 4-bit, as packed in {WHEEL} (MIT; sha256
{FILE_SHA256}), converted by Duty Desk.

- `model.safetensors` and the JSON files: a sentence-transformers directory, float32.
- `{MODEL_FILE}`, `{WORD_TABLE_FILE}`, `{PIECES_FILE}`, `{SCORES_FILE}`: what Duty Desk
  runs, int8.

This folder may be deleted at any time; it is made again when needed.
"""
