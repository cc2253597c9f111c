"""The same tokenizer in the `tokenizers` library's form, for the sentence-transformers folder."""

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Normalizer, Replace, Sequence
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing

from index.embedded.unigram import (
    BEGIN,
    DROPPED,
    END,
    MASK,
    MAX_TOKENS,
    PADDING,
    SPACE_MARK,
    SPACES,
    UNKNOWN,
    WAVE,
    WAVE_STAND_IN,
)
from index.embedded.weights import Vocabulary


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """Text → token ids between ``<s>`` and ``</s>``, cut at 512."""
    tokenizer = Tokenizer(Unigram(list(vocabulary.pieces), unk_id=vocabulary.unknown))
    tokenizer.normalizer = _normalizer()
    tokenizer.pre_tokenizer = Metaspace(replacement=SPACE_MARK)
    tokenizer.post_processor = TemplateProcessing(
        single=f"{BEGIN} $A {END}",
        special_tokens=[(BEGIN, vocabulary.begin), (END, vocabulary.end)],
    )
    special = (BEGIN, PADDING, END, UNKNOWN, MASK)
    tokenizer.add_special_tokens([AddedToken(text, normalized=False) for text in special])
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _normalizer() -> Normalizer:
    return Sequence(
        [
            Replace(Regex(_class_of(DROPPED)), ""),
            Replace(Regex(_class_of(SPACES)), " "),
            Replace(WAVE, WAVE_STAND_IN),
            NFKC(),
            Replace(WAVE_STAND_IN, WAVE),
            Replace(Regex(" {2,}"), " "),
        ]
    )


def _class_of(characters: str) -> str:
    """A character class in Oniguruma's syntax, free of raw control characters."""
    return "[" + "".join(f"\\x{{{ord(character):x}}}" for character in characters) + "]"
