"""The node classes and model files of one simulator, as /object_info and /models list them.

The definitions in data/ are recorded replies of the two ComfyUI versions, cut down to names, types and limits.
"""

import gzip
import json
from functools import cache
from importlib import resources
from typing import Any

from spoonfeeder.simulator.demo_models import DEMO_MODELS, FOLDER_OF_INPUT
from spoonfeeder.simulator.files import Folders
from spoonfeeder.simulator.options import Options
from spoonfeeder.simulator.probe_classes import PROBE_CLASSES
from spoonfeeder.simulator.replacements import CORE_REPLACEMENTS, PROBE_REPLACEMENTS

FOLDER_OF_CLASS_INPUT = {
    ("CLIPVisionLoader", "clip_name"): "clip_vision",
    ("LatentUpscaleModelLoader", "model_name"): "latent_upscale_models",
}
FILE_INPUTS = {
    ("LoadImage", "image"),
    ("LoadImageMask", "image"),
    ("LoadLatent", "latent"),
    ("LoadAudio", "audio"),
    ("LoadVideo", "file"),
}


@cache
def _recorded(version: str) -> bytes:
    packed = resources.files("spoonfeeder.simulator").joinpath(f"data/object_info_v{version}.json.gz").read_bytes()
    return gzip.decompress(packed)


class Catalogue:
    def __init__(self, options: Options, folders: Folders) -> None:
        self._folders = folders
        self.models = {
            folder: sorted({*DEMO_MODELS.get(folder, ()), *options.models.get(folder, ())}, key=str.lower)
            for folder in options.profile.model_folders
        }
        self.classes: dict[str, Any] = json.loads(_recorded(options.version))
        self.replacements = CORE_REPLACEMENTS | (PROBE_REPLACEMENTS if options.probes else {})
        if options.probes:
            self.classes |= json.loads(json.dumps(PROBE_CLASSES))
        for class_type, definition in self.classes.items():
            for section in ("required", "optional"):
                for name, spec in definition["input"].get(section, {}).items():
                    self._fill_in_models(class_type, name, spec)

    def _fill_in_models(self, class_type: str, name: str, spec: list[Any]) -> None:
        listed = options_of(spec)
        folder = FOLDER_OF_CLASS_INPUT.get((class_type, name)) or FOLDER_OF_INPUT.get(name)
        if listed is None or folder is None:
            return
        built_in = [entry for entry in listed if entry == "pixel_space"]
        listed[:] = [*self.models.get(folder, ()), *built_in]

    def object_info(self, class_type: str | None = None) -> dict[str, Any]:
        """All classes, or one, or none for an unknown one; file inputs list what is in the input folder now."""
        chosen = self.classes if class_type is None else {class_type: self.classes.get(class_type)}
        names = self._folders.input_names()
        for owner, name in FILE_INPUTS:
            spec = self._spec(owner, name) if owner in chosen else None
            if spec is not None and (listed := options_of(spec)) is not None:
                listed[:] = names
        return {name: definition for name, definition in chosen.items() if definition is not None}

    def _spec(self, class_type: str, name: str) -> list[Any] | None:
        inputs = self.classes.get(class_type, {"input": {}})["input"]
        spec: list[Any] | None = inputs.get("required", {}).get(name)
        return spec

    def output_types(self, class_type: str) -> list[Any]:
        types: list[Any] = self.classes[class_type]["output"]
        return types

    def is_output_node(self, class_type: str) -> bool:
        return bool(self.classes[class_type]["output_node"])


def options_of(spec: list[Any]) -> list[Any] | None:
    """The list a choice input offers, in either of the two notations, or None for any other input."""
    if isinstance(spec[0], list):
        return spec[0]
    if spec[0] == "COMBO" and len(spec) > 1:
        found: list[Any] | None = spec[1].get("options")
        return found
    return None
