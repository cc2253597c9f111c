"""The converted model's folder: its name, and the files in it that both makers and readers name."""

import hashlib

from index.embedded.weights import FILE_SHA256

CONVERSION = 1  # raise it whenever the same text would get another vector
FINGERPRINT = hashlib.sha256(f"{FILE_SHA256}/{CONVERSION}".encode()).hexdigest()[:8]
FOLDER_NAME = f"multilingual-e5-small-{FINGERPRINT}"

MODEL_FILE = "model_int8.onnx"
WORD_TABLE_FILE = "word_table.int8"
PIECES_FILE = "pieces.txt"
SCORES_FILE = "scores.f64"
