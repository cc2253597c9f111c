"""Names by sound: mistyped ones, for a wrong character sounds like the right one, and pinyin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from index.words import is_word

# A name in which one wrong character still leaves no doubt.
_SHORTEST = 3
# From here on another character, or a missing one, leaves enough of the name.
_LONG = 5
_MOST_WRONG = 2
# Endings that many people do not tell apart in speech nor in typing.
_BLURRED = (("zh", "z"), ("ch", "c"), ("sh", "s"))


class SoundIndex:
    """Finds the known names that a mistyped one may stand for."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name for name in names if len(name) >= _SHORTEST)
        self._sounding: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._shortened: dict[str, set[str]] = defaultdict(set)
        for name in self._names:
            self._sounding[_sound(name)].add(name)
            if len(name) >= _LONG:
                for shorter in _without_one(name):
                    self._shortened[shorter].add(name)

    def meant(self, said: str) -> set[str]:
        """Known names that a name which is not known may stand for: of its sound, or nearly it."""
        if said in self._names or len(said) < _SHORTEST or is_word(said):
            return set()
        alike = {name for name in self._sounding.get(_sound(said), ()) if _is_near(said, name)}
        return alike or {name for name in self._one_off(said) if name[-1] == said[-1]}

    def _one_off(self, said: str) -> set[str]:
        """Long names that lack one character in `said`, or have another one there."""
        found = set(self._shortened.get(said, ()))
        if len(said) >= _LONG:
            for shorter in _without_one(said):
                found |= {
                    name
                    for name in self._shortened.get(shorter, ())
                    if len(name) == len(said) and _n_wrong(said, name) == 1
                }
        return found


def is_spelled(letters: str, name: str) -> bool:
    """True if letters spell a part of a name: syllables, or what each begins with (cgz, chenggz)."""
    readings = _readings(name)
    return any(_begins(letters, readings[start:]) for start in range(len(readings)))


def _begins(letters: str, readings: tuple[tuple[str, ...], ...]) -> bool:
    """True if each syllable in turn takes one or more of the letters, until none is left."""
    if not letters:
        return True
    return bool(readings) and any(
        _begins(letters[n:], readings[1:])
        for syllable in readings[0]
        for n in range(1, len(syllable) + 1)
        if letters.startswith(syllable[:n])
    )


def _is_near(said: str, name: str) -> bool:
    wrong = _n_wrong(said, name)
    most = 1 if len(name) == _SHORTEST else _MOST_WRONG
    return said[-1] == name[-1] and 0 < wrong <= most


def _n_wrong(said: str, name: str) -> int:
    return sum(a != b for a, b in zip(said, name, strict=True))


def _without_one(name: str) -> set[str]:
    return {name[:i] + name[i + 1 :] for i in range(len(name))}


def _sound(name: str) -> tuple[str, ...]:
    return tuple(_syllable(character) for character in name)


@lru_cache(maxsize=65536)
def _readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Toneless pinyin of each character, all that it may be; ü is typed v."""
    from pypinyin import Style, pinyin

    return tuple(
        tuple(dict.fromkeys(map(str, spoken)))
        for spoken in pinyin(name, style=Style.NORMAL, heteronym=True)
    )


@lru_cache(maxsize=32768)
def _syllable(character: str) -> str:
    """Toneless pinyin, with the sounds that people mix up made one."""
    from pypinyin import Style, pinyin

    syllable: str = pinyin(character, style=Style.NORMAL)[0][0]
    for blurred, plain in _BLURRED:
        if syllable.startswith(blurred):
            syllable = plain + syllable.removeprefix(blurred)
    return syllable.removesuffix("g") if syllable.endswith(("eng", "ing")) else syllable
