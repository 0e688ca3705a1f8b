"""Reading ComfyUI's `/object_info`: what inputs a node class has and what they take."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

ObjectInfo = Mapping[str, Any]
UPLOADS = ("image_upload", "audio_upload", "video_upload", "file_upload")
# Enough to find the outputs of a graph while ComfyUI is away.
OUTPUT_PREFIXES = ("Save", "Preview")
OUTPUT_CLASSES = frozenset({"VHS_VideoCombine", "ImageCompare", "MaskPreview"})


class InputSpec(NamedTuple):
    """One input of a class. `type` is ComfyUI's word (INT, FLOAT, STRING, BOOLEAN, COMBO, MODEL …)."""

    name: str
    section: str
    type: str
    choices: tuple[Any, ...] = ()
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    multiline: bool = False
    tooltip: str | None = None
    upload: str | None = None
    folder: str | None = None
    options: Mapping[str, Any] = MappingProxyType({})


def inputs_of(object_info: ObjectInfo | None, class_type: str) -> dict[str, InputSpec]:
    """The inputs in ComfyUI's order, hidden ones last; empty for a class it does not know."""
    return {name: read_input(name, section, told) for section, name, told in _told(object_info, class_type)}


def spec_of(object_info: ObjectInfo | None, class_type: str, name: str) -> InputSpec | None:
    for section, known, told in _told(object_info, class_type):
        if known == name:
            return read_input(name, section, told)
    return None


def choices_of(object_info: ObjectInfo | None, class_type: str, name: str) -> tuple[Any, ...]:
    spec = spec_of(object_info, class_type, name)
    return spec.choices if spec else ()


def is_output(object_info: ObjectInfo | None, class_type: str) -> bool:
    """As ComfyUI says, else by the names that save and preview nodes have."""
    told = (object_info or {}).get(class_type)
    if isinstance(told, Mapping) and "output_node" in told:
        return bool(told["output_node"])
    return class_type.startswith(OUTPUT_PREFIXES) or class_type in OUTPUT_CLASSES


def _told(object_info: ObjectInfo | None, class_type: str) -> Iterator[tuple[str, str, Any]]:
    if not object_info:
        return
    sections = _mapping(_mapping(object_info.get(class_type)).get("input"))
    for section in ("required", "optional", "hidden"):
        for name, told in _mapping(sections.get(section)).items():
            yield section, name, told


def read_input(name: str, section: str, told: Any) -> InputSpec:
    """`["INT", {…}]`, `[["a", "b"], {…}]`, `["COMBO", {"options": […]}]`; hidden ones are a bare word."""
    parts = told if isinstance(told, list) else [told]
    kind = parts[0] if parts else ""
    options = _mapping(parts[1] if len(parts) > 1 else None)
    if not options and isinstance(kind, str):
        return InputSpec(name, section, kind)
    choices = kind if isinstance(kind, list) else options.get("options")
    tooltip = options.get("tooltip")
    folder = options.get("image_folder")
    return InputSpec(
        name=name,
        section=section,
        type="COMBO" if isinstance(kind, list) else str(kind),
        choices=tuple(choices) if isinstance(choices, list) else (),
        default=options.get("default"),
        minimum=_number(options.get("min")),
        maximum=_number(options.get("max")),
        step=_number(options.get("step")),
        multiline=options.get("multiline") is True,
        tooltip=tooltip if isinstance(tooltip, str) else None,
        upload=next((flag.removesuffix("_upload") for flag in UPLOADS if options.get(flag)), None),
        folder=folder if isinstance(folder, str) else None,
        options=options,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
