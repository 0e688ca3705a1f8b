"""What a node class is, in one short digest: so that it can be told years later whether it is still the same."""

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from spoonfeeder.comfy.objects import InputSpec, ObjectInfo, inputs_of

LENGTH = 12
FILE = re.compile(r".+\.[a-z][a-z0-9]{1,11}", re.IGNORECASE | re.DOTALL)
OUTPUTS = ("output", "output_is_list", "output_node", "python_module")


def class_digests(object_info: ObjectInfo, class_types: Iterable[str]) -> dict[str, str]:
    """Of those that this ComfyUI knows; 0.05 ms each."""
    known = sorted(name for name in set(class_types) if isinstance(object_info.get(name), dict))
    return {name: _digest(object_info, name) for name in known}


def _digest(object_info: ObjectInfo, class_type: str) -> str:
    """Of inputs and outputs; not of words for people, nor of what files there are."""
    inputs = [_input(spec) for spec in inputs_of(object_info, class_type).values()]
    told = {name: object_info[class_type].get(name) for name in OUTPUTS}
    text = json.dumps([inputs, told], sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()[:LENGTH]


def _input(spec: InputSpec) -> list[Any]:
    known = [spec.name, spec.section, spec.type, spec.minimum, spec.maximum, spec.step]
    return known if _names_files(spec) else [*known, list(spec.choices), spec.default]


def _names_files(spec: InputSpec) -> bool:
    """Also where there are none at the moment."""
    if spec.type != "COMBO":
        return False
    are_files = any(isinstance(choice, str) and FILE.fullmatch(choice) for choice in spec.choices)
    return are_files or bool(spec.upload) or not spec.choices
