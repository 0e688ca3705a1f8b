"""The API process: the page, routers, sockets and the sweep behind one door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import socketio
from fastapi import FastAPI
from starlette.types import ASGIApp

from spoonfeeder import __version__
from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.core.door import guard
from spoonfeeder.core.render import install_renderer
from spoonfeeder.core.routing import RouteTable
from spoonfeeder.core.server_sent_events import Streams
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.telemetry import Telemetry, open_telemetry
from spoonfeeder.db.canary import check_encryption_keys
from spoonfeeder.db.row_security import warn_unless_secured
from spoonfeeder.durable.errands import do_errands_for_ever
from spoonfeeder.durable.sweep import do_chores_for_ever, sweep_for_ever, watch_for_ever
from spoonfeeder.features.auth import setup
from spoonfeeder.features.auth.api_keys_router import router as api_keys
from spoonfeeder.features.auth.chores import CHORES as AUTH_CHORES
from spoonfeeder.features.auth.login_router import router as login
from spoonfeeder.features.auth.me_router import router as me
from spoonfeeder.features.auth.rate_headers import RateHeaders
from spoonfeeder.features.auth.throttle import check_limits
from spoonfeeder.features.backends.options_router import router as comfyui_options
from spoonfeeder.features.backends.router import router as backends
from spoonfeeder.features.chat.conversations.chores import purge_conversations
from spoonfeeder.features.chat.conversations.message_router import router as messages
from spoonfeeder.features.chat.conversations.router import router as conversations
from spoonfeeder.features.chat.conversations.writing import open_answers
from spoonfeeder.features.chat.router import router as chat
from spoonfeeder.features.generations.archive.router import router as generation_archives
from spoonfeeder.features.generations.batches.router import router as batches
from spoonfeeder.features.generations.chores import CHORES
from spoonfeeder.features.generations.comparing_router import router as generation_comparison
from spoonfeeder.features.generations.library_router import router as generation_library
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.generations.media_router import router as generation_media
from spoonfeeder.features.generations.order_router import router as generation_order
from spoonfeeder.features.generations.rerun_router import router as generation_reruns
from spoonfeeder.features.generations.router import router as generations
from spoonfeeder.features.generations.session_router import router as session_generations
from spoonfeeder.features.generations.tag_router import router as generation_tags
from spoonfeeder.features.logs.api_log import ApiLog
from spoonfeeder.features.logs.calls import WaitingCalls
from spoonfeeder.features.logs.router import router as logs
from spoonfeeder.features.logs.writer import purge_api_log, writing
from spoonfeeder.features.media.chores import CHORES as MEDIA_CHORES
from spoonfeeder.features.media.router import router as media
from spoonfeeder.features.models.router import router as models
from spoonfeeder.features.notifications.chores import purge_notifications
from spoonfeeder.features.notifications.router import router as notifications
from spoonfeeder.features.openai_api.router import router as openai_api
from spoonfeeder.features.people.invitation_router import links as invitation_links
from spoonfeeder.features.people.invitation_router import router as invitations
from spoonfeeder.features.people.user_router import router as users
from spoonfeeder.features.people.workspace_router import router as workspaces
from spoonfeeder.features.presets.chores import purge_presets
from spoonfeeder.features.presets.router import router as presets
from spoonfeeder.features.profiles.catalog_router import router as catalog
from spoonfeeder.features.profiles.comfyui_router import router as comfyui
from spoonfeeder.features.profiles.key_router import router as profile_keys
from spoonfeeder.features.profiles.router import router as profiles
from spoonfeeder.features.projects.chores import purge_projects
from spoonfeeder.features.projects.router import router as projects
from spoonfeeder.features.prompts.chores import purge_prompts
from spoonfeeder.features.prompts.router import router as prompts
from spoonfeeder.features.schedules.firing import find_due
from spoonfeeder.features.schedules.router import router as schedules
from spoonfeeder.features.sessions.router import router as sessions
from spoonfeeder.features.settings.router import router as settings_of_providers
from spoonfeeder.features.system.first_start import make_own_profile
from spoonfeeder.features.system.metrics import Metering
from spoonfeeder.features.system.metrics_router import router as metrics
from spoonfeeder.features.system.router import front
from spoonfeeder.features.system.router import router as system
from spoonfeeder.features.tasks.chores import CHORES as TASK_CHORES
from spoonfeeder.features.tasks.following import follow_generations
from spoonfeeder.features.tasks.line import TASKS
from spoonfeeder.features.tasks.result_router import router as results
from spoonfeeder.features.tasks.router import router as tasks
from spoonfeeder.features.usage.chores import CHORES as USAGE_CHORES
from spoonfeeder.features.usage.router import router as usage
from spoonfeeder.features.workflows.check_router import router as workflow_checks
from spoonfeeder.features.workflows.import_router import forms as workflow_files
from spoonfeeder.features.workflows.import_router import router as workflow_imports
from spoonfeeder.features.workflows.router import router as workflows
from spoonfeeder.features.workflows.version_router import router as workflow_versions
from spoonfeeder.openapi import Api
from spoonfeeder.runtime import open_runtime
from spoonfeeder.sockets import Sockets
from spoonfeeder.web.page import Web
from spoonfeeder.work import open_work

ROUTERS = (
    chat,
    openai_api,
    front,
    system,
    metrics,
    login,
    me,
    api_keys,
    users,
    workspaces,
    invitations,
    invitation_links,
    profiles,
    catalog,
    profile_keys,
    settings_of_providers,
    comfyui,
    comfyui_options,
    backends,
    workflow_files,
    workflow_imports,
    workflow_versions,
    workflow_checks,
    workflows,
    projects,
    prompts,
    presets,
    sessions,
    session_generations,
    generation_library,
    generation_tags,
    generation_archives,
    generation_order,
    batches,
    generation_comparison,
    generation_reruns,
    generations,
    generation_media,
    media,
    tasks,
    results,
    conversations,
    messages,
    schedules,
    usage,
    notifications,
    logs,
    models,
)


ROUTES = RouteTable(ROUTERS)
"""For every application of the process."""


def create_api(settings: Settings, telemetry: Telemetry | None = None) -> FastAPI:
    """The HTTP part, as the OpenAPI document describes it."""
    calls = WaitingCalls()

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        async with open_runtime(settings, telemetry) as runtime, AsyncExitStack() as stack:
            await check_encryption_keys(runtime.engine, runtime.cipher)
            await warn_unless_secured(runtime.engine)
            api.state.runtime = runtime
            async with open_work(runtime, LOCAL_OWNER) as work:
                await make_own_profile(work, settings.comfyui_url)
            await setup.announce(runtime)
            runtime.readiness["sockets"] = lambda: api.state.sockets.healthy
            runtime.telemetry.metrics.watch(*api.state.sockets.watched())
            api.state.metering = Metering(runtime)
            answers = await stack.enter_async_context(open_answers(runtime, api.state.streams))
            api.state.answers = answers
            chores = (
                *TASK_CHORES,
                *CHORES,
                *AUTH_CHORES,
                *USAGE_CHORES,
                purge_api_log,
                purge_conversations,
                purge_projects,
                purge_prompts,
                purge_presets,
                purge_notifications,
                *MEDIA_CHORES,
            )
            loops = [
                asyncio.create_task(watch_for_ever(runtime, [answers.end_abandoned, follow_generations])),
                asyncio.create_task(sweep_for_ever(runtime, [GENERATIONS, TASKS])),
                asyncio.create_task(do_errands_for_ever(runtime, [find_due])),
                asyncio.create_task(do_chores_for_ever(runtime, chores)),
            ]
            async with writing(runtime, calls), api.state.sockets.serving(runtime):
                yield
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    api = Api(
        title="Spoon Feeder",
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    api.add_middleware(RateHeaders)
    api.add_middleware(ApiLog, calls=calls)
    install_renderer(api)
    api.router.routes.append(ROUTES)
    return api


def create_app(settings: Settings, sockets: Sockets | None = None, streams: Streams | None = None) -> ASGIApp:
    """Everything that listens on HOST:PORT; `sockets` and `streams` from a caller who closes them before the lifespan.

    Raises SettingsError for settings that must not start.
    """
    settings.require_safe_bind()
    check_limits(settings)
    telemetry = open_telemetry(settings, "api")
    api = create_api(settings, telemetry)
    api.state.sockets = sockets or Sockets()
    api.state.streams = streams or Streams()
    return guard(Web(socketio.ASGIApp(api.state.sockets.server, api)), settings, telemetry)
