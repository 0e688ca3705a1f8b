"""Model files by the name a person gives: with or without extension and folder, as ComfyUI lists them."""

from collections.abc import Iterable
from pathlib import PurePosixPath

EXTENSIONS = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".sft")


def match(name: str, listed: Iterable[str]) -> str | None:
    """The listed file that is meant: the name itself, else the only one with that path or file name."""
    files = list(listed)
    if name in files:
        return name
    wanted = _slashed(name)
    forms = (_path, _file) if _path(wanted) == wanted else (_slashed, _file_with_extension)
    for form in forms:
        found = [file for file in files if form(file) == wanted]
        if len(found) == 1:
            return found[0]
    return None


def with_extension(name: str, beside: str = "") -> str:
    """Its own, else that of the file `beside` it, else the usual one."""
    if name.lower().endswith(EXTENSIONS):
        return name
    return name + next((extension for extension in EXTENSIONS if beside.lower().endswith(extension)), ".safetensors")


def _slashed(name: str) -> str:
    return name.replace("\\", "/")


def _file_with_extension(name: str) -> str:
    return PurePosixPath(_slashed(name)).name


def _path(name: str) -> str:
    slashed = _slashed(name)
    known = next((extension for extension in EXTENSIONS if slashed.lower().endswith(extension)), "")
    return slashed[: len(slashed) - len(known)]


def _file(name: str) -> str:
    return PurePosixPath(_path(name)).name
