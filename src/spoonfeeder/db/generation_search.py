"""Generations as they are searched: a view that is a wall of its own, and exact terms beside the words of the texts.

See docs/decisions/0017. The trigger of migration 0016 writes `search`; what is asked for is spelt here as it does.
"""

import re
from decimal import Decimal
from hashlib import md5

from sqlalchemy import Column, MetaData, Table

from spoonfeeder.db.comfyui import Generation

SEARCHED = Table(
    "searched_generations",
    MetaData(),
    *(Column(column.name, column.type) for column in Generation.__table__.c),
)
"""The rows of `app.workspace` that are not deleted. Nothing is written to it."""

KINDS = ("lora", "parameters", "tag")
BEGINS_A_TERM = "|".join(kind[:letters] for kind in KINDS for letters in range(3, len(kind) + 1))
"""What as the beginning of a word would also find the terms, and with them nearly every row."""
MOST_BYTES = 100
NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,2})?")


def lora_term(name: str) -> str:
    return _term("lora=", name.replace("\\", "/"))


def tag_term(tag: str) -> str:
    return _term("tag=", tag)


def parameter_term(name: str, value: str) -> str:
    """Numbers are found by any spelling of the same number."""
    return _term(f"parameters.{name}=", plain(value) if NUMBER.fullmatch(value) else value)


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
