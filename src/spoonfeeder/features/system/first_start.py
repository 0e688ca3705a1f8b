"""What a first start makes: the profile of one's own ComfyUI, or the clearly named demo (docs/api.md, DEMO)."""

import asyncio
import socket
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, LOCAL_OWNER
from spoonfeeder.core.settings import Demo, Settings
from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.profiles.addresses import COMFYUI_URL
from spoonfeeder.features.profiles.demo import DEMO_PROFILE_ID
from spoonfeeder.runtime import open_runtime
from spoonfeeder.work import Work, open_work

DEMO_NAME = "Demo (simulated ComfyUI)"
DEMO_NOTE = "Draws pictures from seed and prompt without any model. For real ones, add a profile of your own ComfyUI."
OWN_NAME = "ComfyUI"
WORKFLOW_NAME = "Text to image"
DEMO_WORKFLOW = Path(__file__).parent / "text_to_image.json"
ANSWER_SECONDS = 0.5
LOCK_KEY = 7_301_201


async def simulator_port(settings: Settings) -> int | None:
    """Makes the profiles of a first start; SIMULATOR_PORT if the simulator must serve there, else None.

    The demo profile is made without COMFYUI_URL and without an answer at port 8188, or with DEMO=on; with it comes a
    workflow that is ready to generate.
    """
    async with open_runtime(settings) as runtime, open_work(runtime, LOCAL_OWNER) as work:
        session = work.session
        await make_own_profile(work, settings.comfyui_url or await _found_comfyui())
        port = settings.simulator_port
        if port is None or settings.demo is Demo.OFF:
            return None
        url = f"http://127.0.0.1:{port}"
        demo = await session.get(Profile, DEMO_PROFILE_ID)
        if demo is None and await _demo_is_wanted(session, settings):
            demo = await _make_demo(work, url)
        if demo is None or demo.deleted_at is not None:
            return None
        await _move(session, demo, url)
        return port


async def make_own_profile(work: Work, url: str | None) -> None:
    """COMFYUI_URL becomes a profile at the first start that names it, in whatever process that is."""
    if url is None:
        return
    await work.session.execute(select(func.pg_advisory_xact_lock(LOCK_KEY)))
    if await _has_profile(work.session, Profile.url == url):
        return
    work.session.add(_profile(None, OWN_NAME, url, None))
    await work.session.flush()


async def _found_comfyui() -> str | None:
    return COMFYUI_URL if await asyncio.to_thread(_answers, COMFYUI_URL) else None


async def _demo_is_wanted(session: AsyncSession, settings: Settings) -> bool:
    return settings.demo is Demo.ON or not await _has_profile(session)


async def _has_profile(session: AsyncSession, *conditions: object) -> bool:
    of_comfyui = select(Profile.id).where(Profile.provider == Provider.COMFYUI, *conditions)  # type: ignore[arg-type]
    return await session.scalar(of_comfyui.limit(1)) is not None


async def _make_demo(work: Work, url: str) -> Profile:
    # Only a first start needs these.
    from spoonfeeder.features.workflows import service as workflows
    from spoonfeeder.features.workflows.reading import read_workflow
    from spoonfeeder.features.workflows.schemas import WorkflowDetails

    profile = _profile(DEMO_PROFILE_ID, DEMO_NAME, url, DEMO_NOTE)
    work.session.add(profile)
    await work.session.flush()
    graph = await asyncio.to_thread(DEMO_WORKFLOW.read_text)
    read = await asyncio.to_thread(read_workflow, graph, None)
    details = WorkflowDetails(profile_id=profile.id, name=WORKFLOW_NAME, is_default=True)
    await workflows.create(work, details, read)
    return profile


def _profile(profile_id: UUID | None, name: str, url: str, description: str | None) -> Profile:
    identity = {"id": profile_id} if profile_id else {}
    return Profile(
        **identity,
        workspace_id=DEFAULT_WORKSPACE_ID,
        name=name,
        description=description,
        provider=Provider.COMFYUI,
        type=Modality.IMAGE,
        url=url,
        input_modalities=[Modality.TEXT, Modality.IMAGE],
        output_modalities=[Modality.IMAGE, Modality.VIDEO, Modality.AUDIO],
    )


async def _move(session: AsyncSession, demo: Profile, url: str) -> None:
    """A new port takes the waiting generations along."""
    if demo.url == url:
        return
    demo.url = url
    await session.flush()
    waiting = await lock_rows(session, Generation, Generation.profile_id == demo.id, Generation.completed_at.is_(None))
    await session.execute(update(Generation).where(waiting).values(backend_url=url))


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), ANSWER_SECONDS):
            return True
    except OSError:
        return False
