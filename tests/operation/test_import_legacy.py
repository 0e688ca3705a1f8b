"""`spoonfeeder import-legacy`: a database of the earlier Node server comes along, whole and only once."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PIL import Image

from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.core.settings import Settings
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.operation.legacy.files import Files
from spoonfeeder.operation.legacy.importing import Account, LegacyImport
from spoonfeeder.operation.legacy.keys import Keys
from spoonfeeder.operation.legacy.source import open_legacy
from spoonfeeder.operation.progress import Progress
from spoonfeeder.runtime import open_runtime
from tests.fixtures.application import Application, settings_of
from tests.fixtures.workflows import workflow
from tests.operation.installation import HAS_STATISTICS, fetch

SCHEMA = (Path(__file__).parent / "legacy_schema.sql").read_text()
LEGACY_KEY = bytes(range(100, 132))
SECRET = "sk-of-the-earlier-server-1234567890"
MARCH = datetime(2024, 12, 3, 9, 30)  # noqa: DTZ001 - as the earlier server kept times


def sealed(secret: str) -> str:
    """`iv:authTag:encrypted` in hex, as the earlier server wrote keys."""
    nonce = os.urandom(16)
    whole = AESGCM(LEGACY_KEY).encrypt(nonce, secret.encode(), None)
    return f"{nonce.hex()}:{whole[-16:].hex()}:{whole[:-16].hex()}"


class Legacy:
    def __init__(self, url: str, connection: Any) -> None:
        self.url = url
        self.connection = connection

    async def add(self, table: str, **columns: Any) -> UUID:
        values = {"id": uuid4(), "created_at": MARCH} | columns
        places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
        await self.connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", *values.values())
        return UUID(str(values["id"]))


@pytest.fixture
async def legacy(empty_database_url: str) -> AsyncIterator[Legacy]:
    url = empty_database_url.replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    await connection.execute(SCHEMA)
    yield Legacy(url, connection)
    await connection.close()


async def run_import(application: Application, *arguments: str) -> str:
    settings = application.settings
    assert settings.database_url is not None
    assert settings.encryption_key is not None
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": str(settings.redis_address()),
        "ENCRYPTION_KEY": settings.encryption_key.get_secret_value(),
        "SPOONFEEDER_HOME": str(settings.home),
        "MEDIA_STORAGE_PATH": str(settings.media_path),
    }
    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-P", "-m", "spoonfeeder", "import-legacy", *arguments, "--key-stdin"],
        input=LEGACY_KEY.hex(),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert SECRET not in run.stdout + run.stderr
    assert run.returncode == 2, run.stderr  # rows were left out
    return run.stdout


async def imported(
    settings: Settings,
    url: str,
    *,
    key: str = LEGACY_KEY.hex(),
    folder: Path | None = None,
    progress: Progress | None = None,
) -> list[Account]:
    """The same in this process, which spares a start."""
    workspace_id = LOCAL_OWNER.workspace_id
    async with open_runtime(settings) as runtime:
        keys, files = Keys(runtime.cipher, key, workspace_id), Files(runtime, workspace_id, folder, comfyui=False)
        async with open_legacy(url, None) as legacy:
            shown = progress or Progress(quiet=True)
            return await LegacyImport(runtime, LOCAL_OWNER, legacy, keys, files, shown).run()


class Ending(Progress):
    """Ends an import where it tells of a table."""

    def __init__(self, table: str) -> None:
        super().__init__(quiet=True)
        self._table = table

    def go_on(self, sentence: str) -> None:
        if sentence.startswith(self._table):
            raise EOFError


def counts(told: str) -> dict[str, tuple[int, int, int]]:
    lines = [line.split() for line in told.splitlines()[1:11]]
    return {words[0]: (int(words[1]), int(words[2]), int(words[3])) for words in lines}


async def test_everything_comes_under_its_id_and_only_once(
    application: Application, legacy: Legacy, tmp_path: Path
) -> None:
    graph = workflow("txt2img_sd15")
    await legacy.add("provider_settings", provider="openai", api_key=sealed(SECRET), default_model="gpt-4o")
    far = f"https://llm.example/{'x' * 500}"
    await legacy.add("provider_settings", provider="claude", api_key=sealed(SECRET), endpoint_url=far)
    modalities = '["text", "image", "smell"]'
    paid = await legacy.add(
        "profiles", name="Paid", type="text", provider="openai", api_key=sealed(SECRET), url="https://llm.example/v1",
        options='"none"', input_modalities=modalities,
    )  # fmt: skip
    await legacy.add("profile_models", profile_id=paid, model_id="gpt-4o", name="Four")
    odd = await legacy.add("profiles", name="Odd", type="text", provider="midjourney")
    await legacy.add("profile_models", profile_id=odd, model_id="v6")
    comfyui = await legacy.add("profiles", name="GPU", type="image", provider="comfyui", url=application.simulator.url)
    done = await legacy.add(
        "tasks", name="Poem", type="text", provider="openai", prompt="A poem", status="complete", progress=100,
        completed_at=MARCH,
    )  # fmt: skip
    await legacy.add("results", task_id=done, type="text", content="The sea.", metadata='{"tokens": 12}')
    cut_off = await legacy.add("tasks", name="Cut", type="text", provider="openai", prompt="x", status="running")
    thread = await legacy.add("conversations", title="Lighthouses", provider="ollama", model="llama3.2")
    for number, role, words in ((2, "user", "Which is oldest?"), (1, "assistant", "Hercules.")):
        await legacy.add("messages", id=UUID(int=number), conversation_id=thread, role=role, content=words)
    stored = await legacy.add(
        "comfyui_workflows", profile_id=comfyui, name="SD", workflow_json=orjson.dumps(graph).decode(),
        default_parameters='{"steps": 25, "flavour": "sweet"}', is_default=True,
    )  # fmt: skip
    broken = await legacy.add("comfyui_workflows", name="Broken", workflow_json="{")
    session = await legacy.add(
        "comfyui_sessions", profile_id=comfyui, title="Ships", current_workflow_id=stored, generation_count=99
    )
    Image.new("RGB", (8, 8), "red").save(tmp_path / "ComfyUI_00042_.png")
    files = [{"filename": "ComfyUI_00042_.png", "subfolder": "", "type": "output"}]
    files += [{"filename": name, "subfolder": "", "type": "output"} for name in ("gone.png", "../../etc/passwd")]
    picture = await legacy.add(
        "comfyui_generations", session_id=session, workflow_id=stored, prompt_id="old-1", status="completed",
        workflow_json_snapshot=orjson.dumps(graph).decode(), prompt_text="a red lighthouse", width=512, height=512,
        steps=25, seed=2**62 + 1, loras_used='[{"name": "detail.safetensors", "strength": 0.8}]',
        outputs=orjson.dumps(files).decode(), completed_at=MARCH, generation_time_seconds=4.5,
    )  # fmt: skip
    lost = await legacy.add("comfyui_generations", session_id=session, workflow_id=broken, seed=-5, prompt_text="lost")

    told = await run_import(application, legacy.url, "--outputs", str(tmp_path), "--time-zone", "Europe/Berlin")

    assert counts(told) == {
        "provider_settings": (1, 0, 1), "profiles": (2, 0, 1), "profile_models": (1, 0, 1), "tasks": (2, 0, 0),
        "results": (1, 0, 0), "conversations": (1, 0, 0), "messages": (2, 0, 0), "comfyui_workflows": (1, 0, 1),
        "comfyui_sessions": (1, 0, 0), "comfyui_generations": (2, 0, 0),
    }  # fmt: skip
    assert f"{odd} is left out: its provider 'midjourney' is not known here" in told
    assert "is left out: value too long for type character varying(500)." in told
    json = application.json
    profile = await json("GET", f"/profiles/{paid}")
    assert (profile["has_api_key"], profile["input_modalities"]) == (True, ["text", "image"])
    assert profile["options"] is None
    assert profile["api_key"].endswith(SECRET[-4:])
    models = await json("GET", f"/profiles/{paid}/models")
    assert [model["model_id"] for model in models] == ["gpt-4o"]
    assert (await json("GET", f"/tasks/{done}"))["result"]["content"] == "The sea."
    assert (await json("GET", f"/tasks/{cut_off}"))["error"] == "It had not ended when it was imported."
    kept = await json("GET", f"/conversations/{thread}")
    assert [message["content"] for message in kept["messages"]] == ["Which is oldest?", "Hercules."]
    assert (kept["message_count"], kept["created_at"][:16]) == (2, "2024-12-03T08:30")
    ready = await json("GET", f"/comfyui/workflows/{stored}")
    assert (ready["default_parameters"], ready["is_default"]) == ({"steps": 25}, True)
    shown = await json("GET", f"/comfyui/sessions/{session}")
    assert (shown["generation_count"], shown["completed_count"], shown["failed_count"]) == (2, 1, 1)
    row = await json("GET", f"/comfyui/generations/{picture}")
    assert (row["seed"], row["loras_used"][0]["strength_clip"]) == (str(2**62 + 1), 0.8)
    assert [output["width"] for output in row["outputs"]] == [8]
    assert [warning.split()[2] for warning in row["warnings"]] == ["gone.png", "../../etc/passwd"]
    kept_bytes = (await application.http.get(row["outputs"][0]["url"])).content
    assert kept_bytes == (tmp_path / "ComfyUI_00042_.png").read_bytes()
    assert (await json("GET", f"/comfyui/generations/{lost}"))["status"] == "failed"
    found = await json("GET", "/comfyui/generations?q=lighthouse")
    assert [each["id"] for each in found] == [str(picture)]
    again = (await json("POST", f"/comfyui/generations/{picture}/rerun", 201, json={}))["id"]
    assert (await application.ended(again))["status"] == "completed"

    await json("PATCH", f"/comfyui/sessions/{session}", json={"title": "Ships at sea"})
    second = await imported(application.settings, legacy.url)
    assert [account.came for account in second] == [0] * 10
    assert (await json("GET", f"/comfyui/sessions/{session}"))["title"] == "Ships at sea"
    assert (await json("GET", f"/comfyui/sessions/{session}"))["generation_count"] == 3
    assert (await json("GET", f"/conversations/{thread}"))["message_count"] == 2


async def test_what_was_ended_goes_on_and_what_is_new_comes(
    database_url: str, redis_url: str, legacy: Legacy, tmp_path: Path
) -> None:
    settings = settings_of(database_url, redis_url, tmp_path / "home")
    thread = await legacy.add("conversations", title="Lighthouses", provider="ollama", model="llama3.2")
    first = await legacy.add("messages", conversation_id=thread, role="user", content="Which is oldest?")
    by_path = await legacy.add(
        "comfyui_generations", status="completed", outputs='["a/ComfyUI_1_.png"]', loras_used="7"
    )
    shown = "SELECT head_id, message_count FROM conversations"

    with pytest.raises(EOFError):
        await imported(settings, legacy.url, progress=Ending("messages"))
    assert await fetch(database_url, shown) == [(None, 0)]
    await imported(settings, legacy.url)
    assert await fetch(database_url, shown) == [(first, 1)]

    second = await legacy.add("messages", conversation_id=thread, role="assistant", content="Hercules.")
    (tmp_path / "a").mkdir()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a" / "ComfyUI_1_.png")
    *_, generations = await imported(settings, legacy.url, folder=tmp_path)
    assert await fetch(database_url, shown) == [(second, 2)]
    assert (generations.came, generations.known, generations.completed) == (0, 1, 1)
    kept = "SELECT generation_id, filename, width FROM media"
    assert await fetch(database_url, kept) == [(by_path, "ComfyUI_1_.png", 8)]
    assert await fetch(database_url, HAS_STATISTICS) == [(True,)]


async def test_what_cannot_be_imported_is_one_sentence(application: Application, legacy: Legacy) -> None:
    assert application.settings.database_url is not None
    ours = application.settings.database_url.get_secret_value().replace("+asyncpg", "")
    with pytest.raises(OperationRefused, match="a database of this very server"):
        await imported(application.settings, ours)
    with pytest.raises(OperationRefused, match="64 hex digits"):
        await imported(application.settings, legacy.url, key="")
    with pytest.raises(OperationRefused, match="cannot be read; it has to be") as caught:
        await imported(application.settings, "postgresql://someone:hidden/7@127.0.0.1/d")
    assert "hidden" not in str(caught.value)
    await legacy.add("profiles", name="Paid", type="text", provider="openai", api_key=sealed(SECRET))
    accounts = await imported(application.settings, legacy.url, key="ab" * 32)
    told = [remark for account in accounts for remark in account.remarks]
    assert told[0].endswith("its API key could not be read and must be entered again")
    (profile,) = [each for each in await application.json("GET", "/profiles") if each["name"] == "Paid"]
    assert profile["has_api_key"] is False
