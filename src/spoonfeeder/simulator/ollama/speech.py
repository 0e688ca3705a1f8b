"""What a simulated model says: drawn from what it was told and the seed."""

import math
import random
from hashlib import sha256

WORDS = (
    *("amber", "brook", "cedar", "dawn", "ember", "fern", "glade", "harbour", "iris", "juniper", "kestrel", "lantern"),
    *("meadow", "north", "orchard", "pebble", "quill", "river", "slate", "thistle", "umber", "valley", "willow"),
)
VECTOR_LENGTH = 16


def said(model: str, told: str, seed: int, words: int) -> list[str]:
    """One piece for each word; together they are a sentence."""
    dice = _dice(model, told, seed)
    drawn = [dice.choice(WORDS) for _ in range(words)]
    pieces = [word if position == 0 else f" {word}" for position, word in enumerate(drawn)]
    if pieces:
        pieces[0] = pieces[0].capitalize()
        pieces[-1] += "."
    return pieces


def tokens_in(text: str) -> int:
    return max(1, math.ceil(len(text) / 4))


def vector(model: str, text: str) -> list[float]:
    """Of length 1."""
    dice = _dice(model, text, 0)
    numbers = [dice.gauss(0, 1) for _ in range(VECTOR_LENGTH)]
    norm = math.sqrt(sum(number * number for number in numbers))
    return [number / norm for number in numbers]


def _dice(model: str, told: str, seed: int) -> random.Random:
    return random.Random(sha256(f"{model}\n{seed}\n{told}".encode()).digest())
