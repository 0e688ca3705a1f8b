"""What a graph needs of the ComfyUI that runs it: node classes and model files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import orjson

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.model_names import EXTENSIONS
from spoonfeeder.comfy.objects import ObjectInfo, choices_of


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file name where a node class has it."""

    class_type: str
    input: str
    name: str


@dataclass(frozen=True, slots=True)
class Needs:
    classes: tuple[str, ...]
    models: tuple[ModelFile, ...]

    @property
    def sha256(self) -> str:
        """The same for graphs that the same machines can run."""
        return sha256(orjson.dumps([self.classes, self.models])).hexdigest()


def needs_of(graph: Graph) -> Needs:
    classes = {node["class_type"] for node in graph.values()}
    models = sorted(set(_models(graph)), key=lambda file: (file.class_type, file.input, file.name))
    return Needs(tuple(sorted(classes)), tuple(models))


def _models(graph: Graph) -> Iterator[ModelFile]:
    for node in graph.values():
        for name, value in node["inputs"].items():
            if isinstance(value, str) and value.lower().endswith(EXTENSIONS):
                yield ModelFile(node["class_type"], name, value)


def lacking(needs: Needs, object_info: ObjectInfo) -> list[str]:
    """Sentences about what this ComfyUI does not have; empty where the graph can run there."""
    told = [f"It has no node class {name}." for name in needs.classes if not isinstance(object_info.get(name), Mapping)]
    for file in needs.models:
        choices = choices_of(object_info, file.class_type, file.input)
        if choices and file.name not in choices:
            told.append(f"It has no {file.name} for {file.class_type}.{file.input}.")
    return told
