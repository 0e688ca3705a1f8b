"""The copy of a stored graph that a request's wishes are written into."""

from collections.abc import Sequence
from typing import Any

from spoonfeeder.comfy import model_names, options
from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.lora_chain import set_loras
from spoonfeeder.comfy.loras import Lora, find_chain, loras_of
from spoonfeeder.comfy.objects import ObjectInfo, choices_of
from spoonfeeder.comfy.prompts import text_at
from spoonfeeder.comfy.seeds import DRAW, Draw, draw_seed
from spoonfeeder.comfy.trace import Place, value_at
from spoonfeeder.comfy.wishes import Wishes

MODELS = frozenset({"checkpoint_name", "vae"})


class Draft:
    """`graph` is changed step by step; where things go was decided on the stored graph.

    `homeless` holds, by name, what was accepted and has no place in the graph.
    """

    def __init__(self, stored: Graph, object_info: ObjectInfo | None, anatomy: Anatomy | None = None) -> None:
        self.graph: Graph = {node_id: {**node, "inputs": dict(node["inputs"])} for node_id, node in stored.items()}
        self.anatomy = anatomy or Anatomy.of(stored, object_info)
        self.homeless: dict[str, Any] = {}
        self.warnings: list[str] = []
        self._object_info = object_info

    def set_loras(self, wanted: list[Lora] | None) -> None:
        """The whole chain; None leaves it as it is."""
        if wanted is None:
            return
        listed = options.live(self._object_info, "loras")
        loras = [Lora(self._lora_name(lora.name, listed), lora.strength_model, lora.strength_clip) for lora in wanted]
        if self.anatomy.chain.model:
            set_loras(self.graph, self.anatomy.chain, loras)
        else:
            self._keep("loras", [lora.as_dict() for lora in loras])

    def set_values(self, layer: Wishes, draw: Draw | None) -> None:
        """Standard names but seed and loras, then the direct ones."""
        given: dict[Place, tuple[str, Any]] = {}
        for name, value in layer.standard.items():
            if name not in ("seed", "loras"):
                self._set_standard(name, value, given)
        for name, (place, value) in layer.direct.items():
            if place.node in self.graph:
                self._set(place, self._drawn(draw) if name in layer.drawn else value)
            else:
                self.warnings.append(f"{name} was left out: that LoRA is not used any more.")

    def set_seed(self, layers: Sequence[Wishes], draw: Draw | None) -> None:
        """The last layer's wish that is given; drawn if it is -1, and also without any unless `draw` is None.

        What a layer set directly stays, save below a later layer's wish.
        """
        wished: int | None = None
        direct: set[Place] = set()
        for layer in layers:
            if "seed" in layer.standard:
                wished, direct = layer.standard["seed"], set()
            direct |= {place for place, _ in layer.direct.values()}
        places = self.anatomy.places.get("seed", [])
        if wished is None and (draw is None or not places or places[0] in direct):
            return
        seed = self._drawn(draw) if wished in (None, DRAW) else wished
        for place in places:
            if place not in direct:
                self._set(place, seed)
        if not places:
            self._keep("seed", seed)

    def set_prompts(self, prompt_text: str | None, negative_prompt: str | None) -> None:
        """None leaves the graph's own text."""
        prompts = self.anatomy.prompts
        self._set_text("prompt_text", prompt_text, prompts.positive)
        if prompts.shared and negative_prompt:
            self.warnings.append("negative_prompt was left out: one node holds both prompts of this workflow.")
        else:
            self._set_text("negative_prompt", negative_prompt, prompts.negative)

    def values(self) -> dict[str, Any]:
        """By standard name, as they stand now."""
        return {name: value_at(self.graph, places[0]) for name, places in self.anatomy.places.items()}

    def loras(self) -> list[dict[str, Any]]:
        chain = find_chain(self.graph, self.anatomy.sampler, self.anatomy.prompts.encoder)
        return [lora.as_dict() for lora in loras_of(self.graph, chain)]

    def text(self, name: str) -> str | None:
        """`prompt_text` or `negative_prompt` as it stands, else as it was asked for."""
        prompts = self.anatomy.prompts
        places = prompts.positive if name == "prompt_text" else prompts.negative
        return text_at(self.graph, places) if places else self.homeless.get(name)

    def _set_standard(self, name: str, value: Any, given: dict[Place, tuple[str, Any]]) -> None:
        places = self.anatomy.places.get(name)
        if not places:
            self._keep(name, value)
            return
        wanted = self._model_name(name, value, places[0]) if name in MODELS else value
        for place in places:
            other, taken = given.setdefault(place, (name, wanted))
            if taken != wanted:
                self.warnings.append(f"{name} was left out: in this workflow it is one value with {other}.")
                return
            self._set(place, wanted)

    def _set_text(self, name: str, text: str | None, places: list[Place]) -> None:
        if text is None or text == text_at(self.graph, places):
            return
        for place in places:
            self._set(place, text)
        if not places and text:
            self._keep(name, text)

    def _set(self, place: Place, value: Any) -> None:
        self.graph[place.node]["inputs"][place.input] = value

    def _keep(self, name: str, value: Any) -> None:
        if name not in self.homeless:
            self.warnings.append(f"{name} has no place in this workflow: it is kept, but changes nothing.")
        self.homeless[name] = value

    def _drawn(self, draw: Draw | None) -> int:
        return (draw or draw_seed)(self.anatomy.seed_limit)

    def _lora_name(self, name: str, listed: list[str]) -> str:
        return self._listed(name, listed) if listed else model_names.with_extension(name)

    def _model_name(self, name: str, value: str, place: Place) -> str:
        if self._object_info is None and name == "checkpoint_name":
            return model_names.with_extension(value, str(self.graph[place.node]["inputs"].get(place.input, "")))
        choices = choices_of(self._object_info, self.graph[place.node]["class_type"], place.input)
        return self._listed(value, [choice for choice in choices if isinstance(choice, str)])

    def _listed(self, name: str, listed: list[str]) -> str:
        found = model_names.match(name, listed)
        if listed and not found:
            self.warnings.append(f"ComfyUI does not list a model {name!r}.")
        return found or name
