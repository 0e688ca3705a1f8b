"""Titles: the first line of what was said, and what a model's answer makes."""

import re

MOST_LETTERS = 80
_MARKS = " \t\"'`*_#«»“”„\u2018\u2019."
_NAMED = re.compile(r"title\s*:\s*", re.IGNORECASE)


def first_line(text: str) -> str:
    """The first line that says something, cut between words; may be empty."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    line = " ".join(line.split())
    if len(line) <= MOST_LETTERS:
        return line
    whole_words = line[:MOST_LETTERS].rpartition(" ")[0]
    cut = whole_words if len(whole_words) > MOST_LETTERS // 2 else line[: MOST_LETTERS - 1]
    return f"{cut.rstrip()}…"


def cleaned(answer: str) -> str:
    """A title out of what a model said; may be empty."""
    line = first_line(answer.rpartition("</think>")[2]).strip(_MARKS)
    return _NAMED.sub("", line, count=1).strip(_MARKS) if _NAMED.match(line) else line
