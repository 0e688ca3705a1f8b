"""How texts are cut into words to be searched, and how what a person types is read to find them."""

import re

PUNCTUATION = "<>_./@:=-&+~\\"
"""Stands between words. PostgreSQL's parser would take markup, addresses, paths and numbers with it for one word."""
VERSION = r"\m([vV])([0-9])"
UNFINISHED = "([^\\x01-\\x7f]|[^']{3})'$"
"""The last word of a `tsquery`. Three letters at least, as less begin too many words; beyond ASCII one says more."""
GOING_ON = r"\1':*"
"""What `UNFINISHED` is replaced by, so that it finds words that go on after it."""

_BETWEEN = re.compile(f"[{re.escape(PUNCTUATION)}]")
_BETWEEN_OUTSIDE = re.compile(rf"[{re.escape(PUNCTUATION.replace('-', ''))}]|(?<=\S)-|-(?!$|[\w<@./])")
"""A minus before a word is kept."""
_VERSION_ASKED = re.compile(VERSION.replace(r"\m", r"\b"))


def words_of(text: str) -> str:
    """SQL for a text's words as they are searched, spelt as PostgreSQL spells it."""
    spaced = f"translate({text}, '{PUNCTUATION}'::text, '{' ' * len(PUNCTUATION)}'::text)"
    return rf"regexp_replace({spaced}, '{VERSION}'::text, '\1 \2'::text, 'g'::text)"


def asked(q: str) -> str:
    """What `websearch_to_tsquery` is given: what has punctuation inside becomes a phrase, as it does with commas."""
    pieces = q.split('"')
    apart = [(_BETWEEN if place % 2 else _BETWEEN_OUTSIDE).sub(",", piece) for place, piece in enumerate(pieces)]
    return _VERSION_ASKED.sub(r"\1,\2", '"'.join(apart))


def may_go_on(q: str) -> bool:
    """Whether the last word is perhaps only the beginning of one: it is neither in quotes nor one to leave out."""
    words = q.split()
    return bool(words) and not words[-1].endswith('"') and not words[-1].startswith("-")
