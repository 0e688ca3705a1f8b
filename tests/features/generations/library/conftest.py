"""Six generations in one workspace, and a deleted and a foreign one that are like the first in everything."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio

from spoonfeeder.db import DEFAULT_WORKSPACE_ID, Generation, Project, Session, Workflow, Workspace
from tests.features.foreign import database
from tests.fixtures.application import Application

OURS: dict[str, Any] = {"workspace_id": DEFAULT_WORKSPACE_ID}
PROJECT, GONE, FULL, LOOSE, HIDDEN, WORKFLOW, BATCH = (UUID(int=number) for number in range(1, 8))
LONG = "x" * 150
BIG = 2**64 - 1


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)


FOX: dict[str, Any] = {
    "prompt_text": "A red fox_cub in the snow, style-v2 (masterpiece)",
    "negative_prompt": "blurry hands",
    "seed": BIG,
    "checkpoint_name": "xl/base_1.0.safetensors",
    "loras_used": [{"name": "style\\ink.v1.safetensors", "strength_model": 1}],
    "sampler_name": "euler",
    "scheduler": "karras",
    "width": 1024,
    "height": 768,
    "steps": 20,
    "cfg_scale": 7.0,
    "favorite": True,
    "tags": ["Best", "o'clock \\ here"],
    "session_id": FULL,
    "workflow_id": WORKFLOW,
    "batch_id": BATCH,
    "status": "completed",
    "generation_time_seconds": 4.5,
    "created_at": at(5),
    "parameters": {"steps": 20, "cfg_scale": 7.0, "seed": str(BIG), "3.text": LONG, "4.on": True, "5.size": "7"},
}
OWL: dict[str, Any] = {
    "prompt_text": "An owl; hands of snow",
    "negative_prompt": "red",
    "seed": 7,
    "checkpoint_name": "sd15.ckpt",
    "loras_used": [{"name": "ink.safetensors"}, {"name": "detail"}],
    "sampler_name": "dpmpp_2m",
    "scheduler": "normal",
    "width": 512,
    "height": 512,
    "steps": 30,
    "cfg_scale": 5.5,
    "tags": ["best", "Best"],
    "session_id": LOOSE,
    "status": "failed",
    "generation_time_seconds": 9.0,
    "created_at": at(4),
    "parameters": {"steps": 30, "cfg_scale": 5.5, "5.size": "7 inches", "6.weight": 1e-7},
}
ROWS: dict[str, dict[str, Any]] = {
    "fox": FOX,
    "owl": OWL,
    "twin": {"session_id": HIDDEN, "status": "cancelled", "created_at": at(3), "generation_time_seconds": 4.5},
    "double": {"created_at": at(3), "status": "pending", "queue_order": 20, "seed": 0},
    "first": {"created_at": at(2), "status": "pending", "queue_order": 10, "parameters": {"steps": "20"}},
    "last": {"created_at": at(1), "status": "pending", "queue_order": 30, "width": 1024, "height": 1536},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def names(shared_api: Application) -> dict[str, str]:
    """What each id is called."""
    ids = {name: uuid4() for name in ROWS}
    foreign = uuid4()
    async with database(shared_api.settings) as session:
        session.add_all([Workspace(id=foreign, name="Other"), Project(**OURS, id=PROJECT, name="Spring")])
        session.add(Project(**OURS, id=GONE, name="Gone", deleted_at=at(1)))
        session.add(Workflow(**OURS, id=WORKFLOW, name="x", workflow_json="{}"))
        await session.flush()
        session.add(Session(**OURS, id=FULL, title="In the project", project_id=PROJECT))
        session.add(Session(**OURS, id=LOOSE, title="In none"))
        session.add(Session(**OURS, id=HIDDEN, title="In a deleted one", project_id=GONE))
        await session.flush()
        session.add_all([Generation(**OURS, id=ids[name], **row) for name, row in ROWS.items()])
        session.add(Generation(**OURS, **FOX, deleted_at=at(6)))
        session.add(Generation(workspace_id=foreign, **{**FOX, "session_id": None, "workflow_id": None}))
    return {str(row_id): name for name, row_id in ids.items()}
