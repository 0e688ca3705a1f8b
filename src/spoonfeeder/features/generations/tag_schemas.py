"""What people keep with a generation: tags, of which each stands once in whatever letters, and notes."""

import unicodedata
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from spoonfeeder.core.schema import Answer, Input

MOST_TAGS = 32
MOST_TAGGED = 500
_NOT_SHOWN = {"Cc", "Cs", "Zl", "Zp"}


def _printable(tag: str) -> str:
    if any(unicodedata.category(letter) in _NOT_SHOWN for letter in tag):
        raise ValueError("must have no control characters")
    return tag


def without_repeats(tags: list[str]) -> list[str]:
    """In their order, each as it was first spelt."""
    kept: dict[str, str] = {}
    for tag in tags:
        kept.setdefault(tag.casefold(), tag)
    return list(kept.values())


Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), AfterValidator(_printable)]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS), AfterValidator(without_repeats)]
Notes = Annotated[str, Field(max_length=10_000)]
Ids = Annotated[list[Annotated[UUID, Field(strict=False)]], Field(min_length=1, max_length=MOST_TAGGED)]


class TagsInput(Input):
    """For all of these generations at once; what is in both lists is there afterwards."""

    ids: Ids
    add: Tags = Field(default_factory=list)
    remove: Tags = Field(default_factory=list)


class Tagged(Answer):
    id: UUID
    tags: list[str]


class TagCount(Answer):
    tag: str
    count: int
