"""Inputs that their node checks itself instead of the list: names of files."""

from collections.abc import Callable, Mapping

from spoonfeeder.simulator.files import Folders, OutsideFolder
from spoonfeeder.simulator.version import Version

Rule = Callable[[Folders, Version, str], str | None]


def _file_exists(what: str) -> Rule:
    def rule(folders: Folders, version: Version, name: str) -> str | None:
        try:
            if folders.annotated(name, confined=version.confines_loaded_files).is_file():
                return None
        except (OutsideFolder, ValueError):
            pass
        return f"Invalid {what} file: {name}"

    return rule


OWN_RULES: Mapping[tuple[str, str], Rule] = {
    ("LoadImage", "image"): _file_exists("image"),
    ("LoadImageMask", "image"): _file_exists("image"),
    ("LoadLatent", "latent"): _file_exists("latent"),
    ("LoadAudio", "audio"): _file_exists("audio"),
    ("LoadVideo", "file"): _file_exists("video"),
}
"""Class and input, and the rule that answers with a complaint or None."""
