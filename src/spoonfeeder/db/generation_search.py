"""Generations as they are searched: a view that is a wall of its own, and exact terms beside the words of the texts.

See docs/decisions/0017. The trigger of migration 0016 writes `search`; what is asked for is spelt here as it does.
"""

import re
from decimal import Decimal
from hashlib import md5

from sqlalchemy import Column, MetaData, Table

from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.full_text import UNFINISHED

SEARCHED = Table(
    "searched_generations",
    MetaData(),
    *(Column(column.name, column.type) for column in Generation.__table__.c),
)
"""The rows of `app.workspace` that are not deleted. Nothing is written to it."""

LORA, PARAMETERS, TAG = "lora", "parameters", "tag"
_BEGINNINGS = "|".join(kind[:letters] for kind in (LORA, PARAMETERS, TAG) for letters in range(3, len(kind) + 1))
UNFINISHED_WORD = UNFINISHED.removesuffix("'$") + f"(?<!'({_BEGINNINGS}))'$"
"""`UNFINISHED`, but for what also begins the terms: as the beginning of a word it would find nearly every row."""
MOST_BYTES = 100
NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,2})?")


def lora_term(name: str) -> str:
    return _term(f"{LORA}=", name.replace("\\", "/"))


def tag_term(tag: str) -> str:
    return _term(f"{TAG}=", tag)


def parameter_term(name: str, value: str) -> str:
    """Numbers are found by any spelling of the same number."""
    return _term(f"{PARAMETERS}.{name}=", plain(value) if NUMBER.fullmatch(value) else value)


def _term(kind: str, value: str) -> str:
    """One lexeme as `tsquery` reads it; none of them can be a word, as there is no `=` in words."""
    whole = kind + value
    if len(whole.encode()) > MOST_BYTES:
        whole = "=" + md5(whole.encode(), usedforsecurity=False).hexdigest()
    return "'" + whole.replace("\\", "\\\\").replace("'", "''") + "'"


def plain(number: str) -> str:
    """A number as PostgreSQL's `trim_scale` spells it."""
    digits = format(Decimal(number), "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits in {"-0", "0", ""} else digits
