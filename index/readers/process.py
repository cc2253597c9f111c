"""A process in which files are read, so that what a bad file does to it hurts nothing else.

Limits inside the readers bound what they can count. Time lost in a library, memory taken by one
stream that unpacks to gigabytes and crashes of native code are bounded here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar, cast

from index.documents import Document
from index.errors import ReadingError
from index.readers.dispatch import read
from index.readers.limits import Limits

_LENGTH_BYTES = 8
Made = TypeVar("Made")


class ReaderProcess:
    """Works on one file after another in a process of its own; starts it anew after an accident.

    Use it as a context, or `close` it; one thread at a time.
    """

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, path: Path) -> Document:
        """Read one file of any format but an archive.

        Raises:
            ReadingError: with the file's name, what is wrong and what to do.
        """
        return self.call(read, path)

    def call(self, work: Callable[..., Made], path: Path, *arguments: object) -> Made:
        """What a function of some module makes of a file, given further arguments.

        Raises:
            ReadingError: the function says so, or the process took too much and was ended.
        """
        process = self._process = self._process or _start(self._limits)
        assert process.stdin
        assert process.stdout
        try:
            _send(process.stdin, (work, path, *arguments))
            is_done, answer = _receive(process.stdout)
        except (OSError, EOFError):
            self.close()
            raise ReadingError(f"{path.name}：{self._limits.explain(process.returncode)}") from None
        except BaseException:  # interrupted between question and answer
            self.close()
            raise
        if is_done:
            return cast("Made", answer)
        raise ReadingError(str(answer))

    @property
    def pid(self) -> int:
        """Id of the process, 0 if none runs."""
        return self._process.pid if self._process else 0

    def close(self) -> None:
        """End the process, if one runs."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", __name__, limits.as_argument()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def _send(stream: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_LENGTH_BYTES, "big") + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:  # noqa: ANN401 - whatever was sent
    head = stream.read(_LENGTH_BYTES)
    data = stream.read(int.from_bytes(head, "big"))
    if len(head) < _LENGTH_BYTES or len(data) < int.from_bytes(head, "big"):
        raise EOFError
    return pickle.loads(data)


def _serve(limits: Limits) -> None:
    """Do one work after another: answer what came of it, or the text of the error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # libraries that print do not disturb
    warnings.simplefilter("ignore")
    limits.bound_memory()
    while True:
        try:
            work, *arguments = _receive(sys.stdin.buffer)
        except EOFError:
            return
        with limits.clock():
            try:
                answer: tuple[bool, object] = True, work(*arguments)
            except ReadingError as exc:
                answer = False, str(exc)
        _send(answers, answer)


if __name__ == "__main__":
    _serve(Limits.from_argument(sys.argv[1]))
