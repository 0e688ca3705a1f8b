"""Generations as a line of durable work."""

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.line import Line

GENERATIONS = Line("generations", Generation, GenerationStatus.COMPLETED, lock_key=7_301_101)
