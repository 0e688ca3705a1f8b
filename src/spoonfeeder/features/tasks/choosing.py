"""Whom a task goes to: the one named, or the first in the workspace's order who can do it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from spoonfeeder.comfy.savers import ANYTHING, made_by
from spoonfeeder.core.errors import AppError, invalid_field
from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.features.calls.sources import SourceKind, SourceRequired
from spoonfeeder.features.generations.sources import NoWorkflow
from spoonfeeder.features.profiles.comfyui import ComfyUIRequired
from spoonfeeder.features.tasks.comfyui import names_a_workflow
from spoonfeeder.features.tasks.places import Place, models_for
from spoonfeeder.features.tasks.targets import Target, has_speech, offers, providers_for
from spoonfeeder.providers.ollama_library import full_name

NAMES: Mapping[Provider, str] = {
    Provider.OLLAMA: "Ollama",
    Provider.OPENAI: "OpenAI",
    Provider.GEMINI: "Gemini",
    Provider.CLAUDE: "Claude",
    Provider.COMFYUI: "ComfyUI",
}
THINGS = {
    Modality.TEXT: "texts",
    Modality.IMAGE: "images",
    Modality.AUDIO: "audio",
    Modality.VIDEO: "videos",
}
MOST_NAMED = 10
FIRST = {SourceKind.SETTINGS: 0, SourceKind.PROFILE: 1, SourceKind.ENVIRONMENT: 2}
"""Which source is meant where only the provider is named (calls.sources)."""


class CannotMake(AppError):
    """This provider cannot do that; the details name who can."""

    status = 422
    code = "PROVIDER_NOT_SUPPORTED"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made, from files of which `media_types`; `classes` are the nodes of a workflow that it names."""

    kind: Modality
    media_types: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    classes: frozenset[str] | None = None

    @property
    def things(self) -> str:
        return "transcripts" if self.kind is Modality.TEXT and has_speech(self.media_types) else THINGS[self.kind]

    @property
    def needs_model(self) -> bool:
        """Makers have one that they use where none is named; who writes has not."""
        return self.kind is Modality.TEXT and not has_speech(self.media_types)


def choose_first(places: Sequence[Place], wish: Wish, model: str | None) -> Target:
    """Raises CannotMake where nobody can, Invalid where somebody could who needs to know the model."""
    able = [place for place in places if _can(place, wish)]
    if model is not None:
        listing = [place for place in able if _lists(place, model)]
        able = listing or [place for place in able if not place.models and _may_take(place, wish)]
    for place in able:
        chosen = model or _model_of(place, wish)
        if chosen or not wish.needs_model or place.provider is Provider.COMFYUI:
            return Target(place.provider, place.profile_id, None if place.provider is Provider.COMFYUI else chosen)
    if able:
        raise _which_model(able[0], wish, "model")
    if model is not None and any(_can(place, wish) for place in places):
        raise invalid_field("model", f'No profile lists the model "{model}"; name its provider or profile.')
    what = f"{wish.things} from such files" if wish.media_types else wish.things
    raise CannotMake(f"Nobody here makes {what}. {_who_can(places, wish)}", details=[_who(places, wish)])


def choose_named(
    places: Sequence[Place],
    wish: Wish,
    *,
    provider: Provider | None,
    profile_id: UUID | None,
    model: str | None,
    loc: str = "",
) -> Target:
    """Raises CannotMake, SourceRequired, ComfyUIRequired, NoWorkflow, and Invalid about a field below `loc`."""
    place = _find(places, provider, profile_id, loc) if profile_id else None
    wanted = place.provider if place else provider
    if wanted is None:
        raise invalid_field(f"{loc}provider", "Say which provider or which profile is meant.", code="missing")
    if not offers(wanted, wish.kind, wish.media_types):
        sentence = f"{NAMES[wanted]} makes no {wish.things}. {_who_can(places, wish)}"
        raise CannotMake(sentence, details=[_who(places, wish, f"{loc}provider")])
    place = place or _usual(places, wanted, wish)
    if wanted is Provider.COMFYUI:
        _require_workflow(places, place, wish, loc)
        return Target(wanted, place.profile_id)
    chosen = model or _model_of(place, wish)
    if chosen is None and wish.needs_model:
        raise _which_model(place, wish, f"{loc}model")
    return Target(wanted, place.profile_id, chosen)


def _lists(place: Place, model: str) -> bool:
    """An Ollama's own list has the tag of every model, also where a request need not say it."""
    name = full_name(model) if place.provider is Provider.OLLAMA else model
    return any(each.name in (model, name) for each in place.models)


def _may_take(place: Place, wish: Wish) -> bool:
    """A model that it does not list; who names one means no workflow, unless he names that too."""
    return place.provider is not Provider.COMFYUI or names_a_workflow(wish.options)


def _find(places: Iterable[Place], provider: Provider | None, profile_id: UUID, loc: str) -> Place:
    place = next((each for each in places if each.profile_id == profile_id), None)
    if place is None:
        raise invalid_field(f"{loc}profile_id", "This profile does not exist.", code="unknown_id")
    if provider is not None and provider is not place.provider:
        raise invalid_field(f"{loc}provider", f"This profile is of {place.provider}, not of {provider}.")
    return place


def _usual(places: Iterable[Place], provider: Provider, wish: Wish) -> Place:
    """Of ComfyUI's the first that has a fitting workflow, where the wish names none."""
    own = sorted((each for each in places if each.provider is provider), key=lambda each: FIRST[each.kind])
    if not own:
        raise ComfyUIRequired if provider is Provider.COMFYUI else SourceRequired
    return next((each for each in own if _can(each, wish)), own[0])


def _require_workflow(places: Sequence[Place], place: Place, wish: Wish, loc: str) -> None:
    if wish.media_types:
        message = "A workflow is given files by its parameters: put media:<id> there."
        raise invalid_field("inputs" if not loc else f"{loc}provider", message)
    if not _has_workflow(place, wish):
        raise NoWorkflow("Choose a workflow: give workflow_id or workflow_json in the options.")
    made = _made(place, wish)
    if wish.kind not in made:
        things = _joined([THINGS[kind] for kind in Modality if kind in made]) or "no files"
        what = f"This workflow makes {things}; it cannot make {wish.things}. Choose one that can, or somebody else."
        sentence = f"{what} {_who_can(places, wish)}"
        raise CannotMake(sentence, details=[_who(places, wish, f"{loc}provider")])


def _has_workflow(place: Place, wish: Wish) -> bool:
    return names_a_workflow(wish.options) or place.classes is not None


def _made(place: Place, wish: Wish) -> frozenset[Modality]:
    """By the workflow that would run there; of one that nobody knows, anything."""
    classes = place.classes if wish.classes is None else wish.classes
    return ANYTHING if classes is None else made_by(classes, place.nodes)


def _can(place: Place, wish: Wish) -> bool:
    if place.provider is Provider.COMFYUI:
        may_run = _has_workflow(place, wish) and not wish.media_types and offers(place.provider, wish.kind)
        return may_run and wish.kind in _made(place, wish)
    return not names_a_workflow(wish.options) and offers(place.provider, wish.kind, wish.media_types)


def _model_of(place: Place, wish: Wish) -> str | None:
    """The only one that it lists for this; who writes may have a usual one."""
    fitting = models_for(place, wish.kind, wish.media_types)
    return fitting[0] if len(fitting) == 1 else place.usual_model if wish.needs_model else None


def _which_model(place: Place, wish: Wish, loc: str) -> AppError:
    fitting = models_for(place, wish.kind, wish.media_types)
    lists = f' "{place.name}" lists {_joined(fitting[:MOST_NAMED])}.' if fitting else ""
    return invalid_field(loc, f"Say which model is meant.{lists}", code="missing")


def _who_can(places: Sequence[Place], wish: Wish) -> str:
    providers = [NAMES[each] for each in providers_for(wish.kind, wish.media_types)]
    own = [f'"{each.name}"' for each in places if each.profile_id and _can(each, wish)]
    mine = f"; of your profiles {_joined(own[:MOST_NAMED])} can" if own else ""
    return f"Those who do are {_joined(providers)}{mine}."


def _who(places: Sequence[Place], wish: Wish, loc: str = "provider") -> Mapping[str, Any]:
    return {
        "loc": loc,
        "type": "provider_not_supported",
        "message": _who_can(places, wish),
        "providers": list(providers_for(wish.kind, wish.media_types)),
        "profiles": [
            {"id": str(each.profile_id), "name": each.name} for each in places if each.profile_id and _can(each, wish)
        ],
    }


def _joined(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
