"""Variables in the texts of a prompt: `{subject}` stands for a value, `{{text}}` for `{text}` itself.

All other braces stay as they are, so that ComfyUI finds its own `{red|blue}`, one inside the other too.
"""

import re
from collections.abc import Iterator, Mapping

LONGEST_NAME = 50
_VARIABLE = rf"\{{(\w{{1,{LONGEST_NAME}}})\}}"
_LITERAL = rf"\{{\{{((?:[^{{}}]|\{{\w{{1,{LONGEST_NAME}}}\}})*+)\}}\}}"
_EITHER = re.compile(f"{_LITERAL}|{_VARIABLE}")
_VARIABLES = re.compile(_VARIABLE)


def names_in(*texts: str | None) -> list[str]:
    """The variables of these texts, each once, as they first come."""
    return list(dict.fromkeys(name for text in texts for name in _names(text or "")))


def _names(text: str) -> Iterator[str]:
    for found in _EITHER.finditer(text):
        if found[2] is not None:
            yield found[2]
        else:
            yield from _VARIABLES.findall(found[1])


def length_with(text: str, values: Mapping[str, str]) -> int:
    """How many letters `insert` would give, which may be more than there is room for."""
    literals = sum(2 for found in _EITHER.finditer(text) if found[2] is None)
    return len(text) - literals + sum(len(values[name]) - len(name) - 2 for name in _names(text))


def insert(text: str, values: Mapping[str, str]) -> str:
    """Each variable gives way to its value, in which nothing is looked for. Raises KeyError for one without."""

    def value_of(found: re.Match[str]) -> str:
        if found[2] is not None:
            return values[found[2]]
        return "{" + _VARIABLES.sub(lambda variable: values[variable[1]], found[1]) + "}"

    return _EITHER.sub(value_of, text)
