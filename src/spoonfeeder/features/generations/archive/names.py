"""Names inside an archive: readable, unique, and safe wherever it is unpacked."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Any

LEAST_DIGITS = 4
MOST_BYTES = 120
"""Of a prefix; file systems take names of 255."""
_COUNTER = re.compile(r"_+\d{2,}_*$")
"""What ComfyUI adds to the author's prefix."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]')
_OWN_NUMBER = "{number:0{digits}d}"


class Names:
    """Each begins with the generation's number in the archive of `total`, so no two are the same in any spelling."""

    def __init__(self, total: int) -> None:
        self._digits = max(LEAST_DIGITS, len(str(total)))

    def workflow(self, number: int) -> str:
        return f"workflows/{self._of(number)}.json"

    def file(self, number: int, seed: str | None, kept: Any) -> str:
        """Of a row of `media`; the ending is that of the type found in the bytes, not one that somebody gave it."""
        prefix = plain(_COUNTER.sub("", PurePosixPath(kept.filename).stem))
        parts = (self._of(number), prefix, seed, str(kept.position))
        ending = PurePosixPath(kept.storage_key).suffix
        return f"pictures/{'_'.join(part for part in parts if part)}{ending}"

    def _of(self, number: int) -> str:
        return _OWN_NUMBER.format(number=number, digits=self._digits)


def plain(text: str) -> str:
    """Letters, digits and marks of any script; the rest of what a file system or a terminal could take amiss is `_`."""
    composed = unicodedata.normalize("NFC", text)
    safe = "".join("_" if unicodedata.category(letter)[0] == "C" else letter for letter in composed)
    return _FORBIDDEN.sub("_", safe).encode()[:MOST_BYTES].decode(errors="ignore").strip("._- ")
