"""Errors that the offline half may raise.

DutyDeskError                 anything that we raise on purpose; the CLI prints it and exits 1
├── ReadingError              one file cannot be read; the build turns it into a finding
├── EncoderError              no encoder, or not the one that the index was built with
├── CorpusError               no such corpus or version, or its files are damaged
├── LexiconError              an entry of plain words is malformed; names file and line
└── BuildError                a build could not be published; the corpus in service is untouched
"""


class DutyDeskError(Exception):
    """Base of every error raised on purpose; its text says what, where and what to do."""


class ReadingError(DutyDeskError):
    """One file cannot be read: unreadable, empty, protected, mislabelled or too large."""


class EncoderError(DutyDeskError):
    """The encoder is missing, broken, or differs from the one recorded in the index."""


class CorpusError(DutyDeskError):
    """The corpus or the version asked for is missing or damaged."""


class LexiconError(DutyDeskError):
    """A lexicon file is malformed; the text names file and line."""


class BuildError(DutyDeskError):
    """Nothing could be published; what was in service stays in service."""
