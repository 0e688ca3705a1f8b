"""What somebody asks for, read and completed: everything that is refused is refused here, before there is a row."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from spoonfeeder.core.errors import Invalid, invalid_field
from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.features.profiles.options import require_free, require_harmless
from spoonfeeder.features.tasks import comfyui
from spoonfeeder.features.tasks.choosing import Wish, choose_first, choose_named
from spoonfeeder.features.tasks.graphs import wanted_workflow
from spoonfeeder.features.tasks.inputs import find_inputs
from spoonfeeder.features.tasks.places import Place, list_places
from spoonfeeder.features.tasks.schemas import TaskInput
from spoonfeeder.features.tasks.targets import Target, craft_of
from spoonfeeder.providers import gemini_options
from spoonfeeder.providers.errors import option_not_supported
from spoonfeeder.providers.openai_options import first_refused
from spoonfeeder.work import Work

NO_PROMPT = {"loc": "prompt", "type": "missing", "message": "Say what is to be made."}
LONGEST_NAME = 60
LATEST = timedelta(days=366)
PAST = timedelta(minutes=1)
"""So much may a client's clock be behind."""


async def find_targets(work: Work, data: TaskInput) -> tuple[Target, ...]:
    """Who are asked, in this order.

    Raises CannotMake, SourceRequired, ComfyUIRequired, NoWorkflow, GraphError, and Invalid about a field.
    """
    require_due(data.run_after)
    wish = await _wish(work, data)
    places = await list_places(work, data.type, _named(data))
    targets = _targets(places, wish, data)
    _require_prompt(data, targets)
    _require_options(data, targets)
    for target in targets:
        _require_taken(places, wish, target)
    return targets


def _named(data: TaskInput) -> list[UUID] | None:
    """The profiles, where it is they alone who are asked."""
    named = [data.profile_id, *(each.profile_id for each in data.fallback)]
    return None if None in named else [each for each in named if each]


async def _wish(work: Work, data: TaskInput) -> Wish:
    options = data.options or {}
    media_types = await find_inputs(work, data.type, data.inputs)
    if not comfyui.names_a_workflow(options):
        return Wish(data.type, media_types, options)
    classes = await wanted_workflow(work, comfyui.read_options(data.prompt, options))
    return Wish(data.type, media_types, options, classes)


def _targets(places: list[Place], wish: Wish, data: TaskInput) -> tuple[Target, ...]:
    """What is wrong with them is told together with the prompt that every text needs."""
    try:
        return (_first(places, wish, data), *_others(places, wish, data))
    except Invalid as error:
        if wish.kind is not Modality.TEXT or data.inputs or data.prompt.strip():
            raise
        raise Invalid(f"{error.message} (and 1 more)", details=[*(error.details or ()), NO_PROMPT]) from None


def _first(places: list[Place], wish: Wish, data: TaskInput) -> Target:
    provider = data.provider.provider
    if provider is None and data.profile_id is None:
        return choose_first(places, wish, data.model)
    return choose_named(places, wish, provider=provider, profile_id=data.profile_id, model=data.model)


def _others(places: list[Place], wish: Wish, data: TaskInput) -> Iterator[Target]:
    for number, other in enumerate(data.fallback):
        yield choose_named(
            places,
            wish,
            provider=other.provider,
            profile_id=other.profile_id,
            model=other.model,
            loc=f"fallback.{number}.",
        )


def _require_prompt(data: TaskInput, targets: tuple[Target, ...]) -> None:
    """Files can be all that is given, and a workflow has a prompt of its own."""
    speaks_for_itself = data.inputs or all(target.provider is Provider.COMFYUI for target in targets)
    if not data.prompt.strip() and not speaks_for_itself:
        raise Invalid(NO_PROMPT["message"], details=[NO_PROMPT])


def _require_options(data: TaskInput, targets: tuple[Target, ...]) -> None:
    """Of a graph and its parameters every name is its own; the rest could choose a server or carry a secret."""
    options = data.options or {}
    require_harmless({name: value for name, value in options.items() if name not in comfyui.OWN_OPTIONS})
    providers = {target.provider for target in targets}
    for name in options:
        if providers == {Provider.COMFYUI} and name not in comfyui.OPTIONS:
            known = ", ".join(sorted(comfyui.OPTIONS))
            raise invalid_field(f"options.{name}", f'A workflow takes no option "{name}"; it takes {known}.')
        if Provider.COMFYUI not in providers and name in comfyui.OWN_OPTIONS:
            raise invalid_field(f"options.{name}", f'"{name}" is for a ComfyUI, and none is asked.')


def _require_taken(places: list[Place], wish: Wish, target: Target) -> None:
    """As far as is known without asking."""
    options = {name: value for name, value in wish.options.items() if name not in comfyui.OWN_OPTIONS}
    if wish.needs_model:
        require_free(target.provider, options)
    elif target.provider is Provider.OPENAI:
        place = next(
            each for each in places if (each.provider, each.profile_id) == (target.provider, target.profile_id)
        )
        craft = craft_of(wish.kind, wish.media_types, target.provider)
        refused = first_refused(craft, options, place.url) if craft else None
        if refused is not None:
            raise option_not_supported(refused, "OpenAI")
    elif target.provider is Provider.GEMINI:
        craft = craft_of(wish.kind, wish.media_types, target.provider)
        refused = gemini_options.first_refused(craft, options) if craft else None
        if refused is not None:
            raise option_not_supported(refused, "Gemini")


def require_due(run_after: datetime | None) -> None:
    """Raises Invalid for a time that has passed, or more than a year ahead."""
    if run_after is None:
        return
    now = datetime.now(UTC)
    if run_after < now - PAST:
        raise invalid_field("run_after", "This time has passed; leave it out to begin now.")
    if run_after > now + LATEST:
        raise invalid_field("run_after", "This is more than a year ahead.")


def name_of(data: TaskInput, first: Target) -> str:
    """The given name, or the beginning of the prompt."""
    words = " ".join(data.prompt[: 4 * LONGEST_NAME].split())
    if data.name or not words:
        return data.name or f"{data.type} from {first.provider}"
    if len(words) <= LONGEST_NAME:
        return words
    return words[: LONGEST_NAME - 1].rsplit(" ", 1)[0] + "…"
