"""Names that exist and look like one that does not."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import islice

from spoonfeeder.comfy.model_names import EXTENSIONS

MOST = 3
LEAST_LIKENESS = 0.45
MOST_CALLS = 10
MOST_NAMES = 10_000
MOST_COMPARED = 40
MOST_LETTERS = 80
_PIECE = 3
_PLAIN = re.compile(r"[^a-z0-9]+")

Plain = list[tuple[str, str]]


class Nearest:
    """Looks a bounded number of times; the later ones find nothing."""

    def __init__(self) -> None:
        self._calls = 0
        self._names = 3 * MOST_NAMES
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self._plain: dict[str, Plain] = {}

    def find(self, wanted: str, names: Iterable[object], where: str) -> tuple[str, ...]:
        """At most three, the nearest first; `where` says which list of names it is."""
        key = (where, wanted)
        if key not in self._known:
            self._known[key] = self._look(wanted, names, where)
        return self._known[key]

    def _look(self, wanted: str, names: Iterable[object], where: str) -> tuple[str, ...]:
        if self._calls >= MOST_CALLS or self._names <= 0:
            return ()
        self._calls += 1
        if where not in self._plain:
            listed = (name for name in islice(names, MOST_NAMES) if isinstance(name, str))
            self._plain[where] = [(_plain(name), name) for name in listed]
        self._names -= len(self._plain[where])
        return _nearest(_plain(wanted), self._plain[where])


def _nearest(plain: str, names: Plain) -> tuple[str, ...]:
    pieces = {plain[start : start + _PIECE] for start in range(max(1, len(plain) - _PIECE + 1))}
    shared = ((sum(map(text.__contains__, pieces)), text, name) for text, name in names)
    likely = nlargest(MOST_COMPARED, shared, key=lambda each: each[0])
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(plain)
    found = []
    for _, text, name in likely:
        matcher.set_seq1(text)
        if matcher.quick_ratio() >= LEAST_LIKENESS:
            found.append((matcher.ratio(), name))
    return tuple(name for ratio, name in nlargest(MOST, found) if ratio >= LEAST_LIKENESS)


def _plain(name: str) -> str:
    """The file name without folder, extension and signs."""
    last = re.split(r"[/\\]", name[-300:])[-1].lower()
    known = next((extension for extension in EXTENSIONS if last.endswith(extension)), "")
    return _PLAIN.sub("", last[: len(last) - len(known)])[:MOST_LETTERS]
