"""A literal against the definition of its input, converted as ComfyUI converts it (PROTOCOL 2)."""

from collections.abc import Mapping
from typing import Any

from spoonfeeder.comfy.checks.nearest import Nearest
from spoonfeeder.comfy.checks.problems import Finding, shown
from spoonfeeder.comfy.definitions import DYNAMIC
from spoonfeeder.comfy.fields import COMMON
from spoonfeeder.comfy.files import UPLOAD_PREFIX
from spoonfeeder.comfy.kinds import are_models, choices_in
from spoonfeeder.comfy.model_names import EXTENSIONS
from spoonfeeder.comfy.objects import InputSpec
from spoonfeeder.comfy.refusals import MODEL_INPUTS
from spoonfeeder.comfy.values import plain_number
from spoonfeeder.comfy.wording import clean

WRAPPED = "__value__"
WORDS = {"INT": "a whole number", "FLOAT": "a number"}
FEW = 5
FILE_WORDS = {"image": "image", "audio": "audio file", "video": "video file", "file": "file"}
INPUT_FOLDER = " [input]"


def fault_of(name: str, value: Any, spec: InputSpec, nearest: Nearest) -> Finding | None:
    if isinstance(value, Mapping) and WRAPPED in value:
        value = value[WRAPPED]
    match spec.type:
        case "INT" | "FLOAT":
            return _number(name, value, spec)
        case "STRING":
            return _text(name, value)
        case "COMBO":
            return _file(name, value, spec, nearest) if spec.upload else _choice(name, value, spec, nearest)
        case kind if kind == DYNAMIC:
            return _choice(name, value, spec, nearest)
    return None


def _number(name: str, value: Any, spec: InputSpec) -> Finding | None:
    convert = int if spec.type == "INT" else float
    try:
        number = convert(value)
    except (TypeError, ValueError, OverflowError):
        message = f"'{_short(name)}' must be {WORDS[spec.type]}, not '{shown(value)}'."
        return Finding("wrong_type", message, value)
    if spec.minimum is not None and number < spec.minimum:
        message = f"'{_short(name)}' is {shown(value)}; the least allowed is {plain_number(spec.minimum)}."
        return Finding("out_of_range", message, value)
    if spec.maximum is not None and number > spec.maximum:
        message = f"'{_short(name)}' is {shown(value)}; the most allowed is {plain_number(spec.maximum)}."
        return Finding("out_of_range", message, value)
    if isinstance(value, float) and number != value:
        return Finding(
            "converted", f"'{_short(name)}' is {value}; ComfyUI takes {number} for it.", value, harmless=True
        )
    return None


def _text(name: str, value: Any) -> Finding | None:
    if isinstance(value, str | int | float):
        return None
    message = f"'{_short(name)}' is no text; ComfyUI writes it out as '{shown(value)}'."
    return Finding("converted", message, value, harmless=True)


def _choice(name: str, value: Any, spec: InputSpec, nearest: Nearest) -> Finding | None:
    choices = choices_in(spec) if spec.type == DYNAMIC else spec.choices
    if _is_among(value, choices, spec):
        return None
    like = nearest.find(value, choices, f"{spec.name} {len(choices)}") if isinstance(value, str) else ()
    model = _model_word(name, value, spec)
    if model:
        message = f"The {model} '{shown(value)}' is not on this ComfyUI.{_named(like)}"
        return Finding("missing_model", message, value, choices, like)
    known = f" It knows {', '.join(map(shown, choices))}." if 0 < len(choices) <= FEW else _named(like)
    message = f"'{shown(value)}' is not one of the choices of '{_short(name)}'.{known}"
    return Finding("not_a_choice", message, value, choices, like, harmless=spec.type == DYNAMIC)


def _is_among(value: Any, choices: Any, spec: InputSpec) -> bool:
    if spec.options.get("remote") and not choices:
        return True
    if isinstance(value, list) and spec.options.get("multiselect"):
        return all(each in choices for each in value)
    return value in choices


def _file(name: str, value: Any, spec: InputSpec, nearest: Nearest) -> Finding | None:
    """ComfyUI lists the files of the folder itself only; what lies in one below is not known here."""
    if not isinstance(value, str):
        return _choice(name, value, spec, nearest)
    plain = value.removesuffix(INPUT_FOLDER)
    if value.startswith(UPLOAD_PREFIX) or "/" in plain or plain in spec.choices or spec.options.get("remote"):
        return None
    like = nearest.find(plain, spec.choices, f"{spec.name} {len(spec.choices)}")
    word = FILE_WORDS.get(spec.upload or "", "file")
    message = f"The {word} '{shown(value)}' is not on this ComfyUI.{_named(like)}"
    return Finding("missing_file", message, value, spec.choices, like)


def _model_word(name: str, value: Any, spec: InputSpec) -> str | None:
    plain = name.rpartition(".")[2]
    field = COMMON.get(plain)
    looks = isinstance(value, str) and value.lower().endswith(EXTENSIONS) and not spec.choices
    if looks or are_models(spec) or (field and field.kind == "model"):
        return MODEL_INPUTS.get(plain, "model")
    return None


def _named(like: tuple[str, ...]) -> str:
    return f" Nearest: {', '.join(shown(name) for name in like)}." if like else ""


def _short(name: str) -> str:
    return clean(name, 100)
