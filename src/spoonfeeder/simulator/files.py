"""The input, output and temp folders of one simulator: where a name points, and which name a new file gets."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spoonfeeder.simulator.values import Pictures


class OutsideFolder(Exception):
    """A name that leads out of its folder."""


@dataclass(frozen=True)
class SavePlace:
    folder: Path
    stem: str
    subfolder: str
    counter: int


class Folders:
    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.by_type = {name: self.root / name for name in ("input", "output", "temp")}
        self.empty_temp()
        for folder in self.by_type.values():
            folder.mkdir(parents=True, exist_ok=True)

    def empty_temp(self) -> None:
        shutil.rmtree(self.by_type["temp"], ignore_errors=True)

    def path(self, type_name: str, subfolder: str, filename: str) -> Path:
        """Raises KeyError for an unknown type, OutsideFolder if the subfolder leaves it."""
        return inside(self.by_type[type_name], self.by_type[type_name] / subfolder) / Path(filename).name

    def annotated(self, name: str, default_type: str = "input", *, confined: bool = True) -> Path:
        """The path of a name as LoadImage takes it: "a.png", "sub/a.png [output]"."""
        found = re.fullmatch(r"(.*?) ?\[(input|output|temp)\]", name)
        plain, type_name = found.groups() if found else (name, default_type)
        folder = self.by_type[type_name]
        return inside(folder, folder / plain) if confined else (folder / plain).resolve()

    def input_names(self) -> list[str]:
        folder = self.by_type["input"]
        return sorted(entry.name for entry in folder.iterdir() if entry.is_file())

    def save_place(self, type_name: str, prefix: str, pictures: Pictures | None = None) -> SavePlace:
        """Where the next file of that prefix goes; counters continue behind the files that are there."""
        if pictures is not None:
            first = pictures.frames[0]
            prefix = prefix.replace("%width%", str(first.width)).replace("%height%", str(first.height))
        root = self.by_type[type_name]
        target = Path(prefix)
        folder = (root / target.parent).resolve()
        if folder != root and root not in folder.parents:
            raise Exception(
                "**** ERROR: Saving image outside the output folder is not allowed."
                f"\n full_output_folder: {folder}\n         output_dir: {root}"
            )
        folder.mkdir(parents=True, exist_ok=True)
        subfolder = "" if folder == root else folder.relative_to(root).as_posix()
        return SavePlace(folder, target.name, subfolder, _next_counter(folder, target.name))


def inside(root: Path, path: Path) -> Path:
    resolved = path.resolve()
    if resolved != root and root not in resolved.parents:
        raise OutsideFolder(str(path))
    return resolved


def _next_counter(folder: Path, stem: str) -> int:
    pattern = re.compile(re.escape(stem) + r"_(\d+)_?\.", re.IGNORECASE)
    counters = [int(found[1]) for entry in folder.iterdir() if (found := pattern.match(entry.name))]
    return max(counters, default=0) + 1


def entry(place: SavePlace, filename: str, type_name: str) -> dict[str, Any]:
    """The way ComfyUI names a file in a node's outputs."""
    return {"filename": filename, "subfolder": place.subfolder, "type": type_name}
