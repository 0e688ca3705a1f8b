"""Generations as a line of durable work."""

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.line import Line
from spoonfeeder.features.generations import announce

GENERATIONS = Line(
    "generations",
    Generation,
    GenerationStatus.COMPLETED,
    lock_key=7_301_101,
    announce=announce.of_state,
    place=Generation.backend_url,
    slots=lambda settings: settings.comfyui_slots,
)
