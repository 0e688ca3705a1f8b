"""Whom a task goes to that names nobody, or only a provider: by what the workspace has and in its order."""

from typing import Any
from uuid import UUID

import pytest

from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.features.calls.sources import SourceKind
from spoonfeeder.features.tasks.choosing import Wish, choose_first, choose_named
from spoonfeeder.features.tasks.places import Listed, Place

PNG, WAV = ("image/png",), ("audio/wav",)


def place(number: int, provider: str, *models: str, **fields: Any) -> Place:
    """`models` as `name:made<taken`."""
    listed = []
    for model in models:
        name, _, rest = model.partition(":")
        made, _, taken = rest.partition("<")
        listed.append(Listed(name, frozenset({"text", taken} - {""}), frozenset({made or "text"})))
    usual = {"profile_id": UUID(int=number)} if number else {}
    kind = SourceKind.PROFILE if number else SourceKind.SETTINGS
    return Place(kind, Provider(provider), f"{provider} {number}", **({"models": listed} | usual | fields))


CLAUDE, OPENAI, GEMINI = place(1, "claude", "opus"), place(2, "openai", "gpt", "eye:text<image"), place(3, "gemini")
DRAWING, EMPTY = place(4, "comfyui", classes=frozenset({"KSampler", "SaveImage"})), place(5, "comfyui")
FILMING = place(6, "comfyui", classes=frozenset({"KSampler", "SaveVideo", "PreviewImage"}))
TEXT = frozenset({"text"})
AWAY, HOME = place(8, "ollama"), place(9, "ollama", models=[Listed("llama3.2:latest", TEXT, TEXT)])
CUSTOM = place(7, "comfyui", classes=frozenset({"SaveAsIPlease"}))
SETTINGS = place(0, "openai", usual_model="gpt-mini")
GRAPH: dict[str, Any] = {"workflow_json": {}}
SPEAKING = frozenset({"SaveAudioMP3"})

FIRST: list[tuple[str, list[Place], Wish, str | None, Any]] = [
    ("the first", [CLAUDE, OPENAI], Wish(Modality.TEXT), None, ("claude", 1, "opus")),
    ("order", [SETTINGS, CLAUDE], Wish(Modality.TEXT), None, ("openai", 0, "gpt-mini")),
    ("who lists the model", [CLAUDE, GEMINI, OPENAI], Wish(Modality.TEXT), "gpt", ("openai", 2, "gpt")),
    ("who lists it with its tag", [AWAY, HOME], Wish(Modality.TEXT), "llama3.2", ("ollama", 9, "llama3.2")),
    ("who lists nothing", [CLAUDE, GEMINI, DRAWING], Wish(Modality.TEXT), "flash", ("gemini", 3, "flash")),
    ("who sees", [CLAUDE, OPENAI], Wish(Modality.TEXT, PNG), None, ("openai", 2, "eye")),
    ("who hears", [CLAUDE, OPENAI], Wish(Modality.TEXT, WAV), None, ("openai", 2, None)),
    ("who draws", [CLAUDE, DRAWING, OPENAI], Wish(Modality.IMAGE), None, ("comfyui", 4, None)),
    ("not without a workflow", [EMPTY, GEMINI], Wish(Modality.IMAGE), None, ("gemini", 3, None)),
    ("with a workflow", [GEMINI, EMPTY], Wish(Modality.IMAGE, (), GRAPH), None, ("comfyui", 5, None)),
    ("no pictures for a workflow", [DRAWING, GEMINI], Wish(Modality.IMAGE, PNG), None, ("gemini", 3, None)),
    ("no picture for a film", [DRAWING, FILMING], Wish(Modality.VIDEO), None, ("comfyui", 6, None)),
    ("who may save anything", [DRAWING, CUSTOM], Wish(Modality.AUDIO), None, ("comfyui", 7, None)),
    ("what it names", [DRAWING], Wish(Modality.AUDIO, (), GRAPH, SPEAKING), None, ("comfyui", 4, None)),
    ("nobody who films", [DRAWING, CLAUDE], Wish(Modality.VIDEO), None, "PROVIDER_NOT_SUPPORTED"),
    ("nobody", [CLAUDE], Wish(Modality.VIDEO), None, "PROVIDER_NOT_SUPPORTED"),
    ("which model", [GEMINI], Wish(Modality.TEXT), None, "VALIDATION_ERROR"),
    ("a model of nobody", [CLAUDE], Wish(Modality.TEXT), "gpt", "VALIDATION_ERROR"),
]


@pytest.mark.parametrize(("places", "wish", "model", "expected"), [row[1:] for row in FIRST], ids=[r[0] for r in FIRST])
def test_the_first_who_can_is_asked(places: list[Place], wish: Wish, model: str | None, expected: Any) -> None:
    assert outcome(lambda: choose_first(places, wish, model)) == expected


ALL = [CLAUDE, OPENAI, GEMINI, EMPTY, DRAWING, FILMING, SETTINGS]
NAMED: list[tuple[str, Wish, dict[str, Any], Any]] = [
    ("settings before profiles", Wish(Modality.TEXT), {"provider": "openai"}, ("openai", 0, "gpt-mini")),
    ("its own model", Wish(Modality.TEXT), {"provider": "claude"}, ("claude", 1, "opus")),
    ("the profile alone", Wish(Modality.IMAGE), {"profile_id": 3}, ("gemini", 3, None)),
    ("a workflow to run", Wish(Modality.IMAGE), {"provider": "comfyui"}, ("comfyui", 4, None)),
    ("a workflow that films", Wish(Modality.VIDEO), {"provider": "comfyui"}, ("comfyui", 6, None)),
    ("a picture for a film", Wish(Modality.VIDEO), {"profile_id": 4}, "PROVIDER_NOT_SUPPORTED"),
    ("a sound for a film", Wish(Modality.VIDEO, (), GRAPH, SPEAKING), {"profile_id": 6}, "PROVIDER_NOT_SUPPORTED"),
    ("no workflow", Wish(Modality.IMAGE), {"profile_id": 5}, "WORKFLOW_REQUIRED"),
    ("two that contradict", Wish(Modality.TEXT), {"provider": "gemini", "profile_id": 1}, "VALIDATION_ERROR"),
    ("not there", Wish(Modality.TEXT), {"provider": "ollama", "model": "x"}, "PROFILE_REQUIRED"),
    ("several models", Wish(Modality.TEXT), {"profile_id": 2}, "VALIDATION_ERROR"),
    ("a workflow and files", Wish(Modality.IMAGE, PNG), {"profile_id": 4}, "VALIDATION_ERROR"),
    ("cannot hear", Wish(Modality.TEXT, WAV), {"provider": "claude"}, "PROVIDER_NOT_SUPPORTED"),
]


@pytest.mark.parametrize(("wish", "named", "expected"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_who_is_named_is_asked(wish: Wish, named: dict[str, Any], expected: Any) -> None:
    provider = Provider(named["provider"]) if "provider" in named else None
    profile_id = UUID(int=named["profile_id"]) if "profile_id" in named else None
    found = outcome(lambda: choose_named(ALL, wish, provider=provider, profile_id=profile_id, model=named.get("model")))
    assert found == expected


def outcome(choose: Any) -> Any:
    """Provider, number and model; or the code of the refusal."""
    try:
        target = choose()
    except AppError as error:
        return error.code
    return str(target.provider), target.profile_id.int if target.profile_id else 0, target.model


def test_who_can_is_said_by_name() -> None:
    with pytest.raises(AppError) as refusal:
        choose_named(ALL, Wish(Modality.TEXT, WAV), provider=Provider.CLAUDE, profile_id=None, model=None)
    sentence = (
        'Claude makes no transcripts. Those who do are OpenAI and Gemini; of your profiles "openai 2" and "gemini'
    )
    assert refusal.value.message.startswith(sentence)


def test_what_a_workflow_makes_is_said() -> None:
    with pytest.raises(AppError) as refusal:
        choose_named(ALL, Wish(Modality.AUDIO), provider=None, profile_id=UUID(int=6), model=None)
    assert refusal.value.message.startswith("This workflow makes images and videos; it cannot make audio.")
