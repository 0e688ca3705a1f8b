"""E-mail addresses as the names of accounts; nothing is ever sent to them."""

from typing import Annotated

from pydantic import StringConstraints

LONGEST_EMAIL = 320  # characters, 64 before the @ and 255 behind it

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=3,
        max_length=LONGEST_EMAIL,
        pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$",
    ),
]
"""Something on both sides of one @; two that differ only in case are the same account."""
