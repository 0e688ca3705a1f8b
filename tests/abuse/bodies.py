"""For every operation that wants more than an empty body one that it takes, by the operation's id."""

import json
from typing import Any
from uuid import uuid4

from tests.abuse.populated import GRAPH, PNG, Place
from tests.fixtures.server_mode import PASSWORD

NAME = {"name": "Changed"}
WORKFLOW = {"workflow_json": GRAPH}
NEW_PASSWORD = "another horse battery"

BODIES: dict[str, dict[str, Any]] = {
    "update_profile": NAME,
    "put_profile": NAME,
    "set_modalities": {"input_modalities": ["text"]},
    "update_model": NAME,
    "update_profile_key": NAME,
    "update_backend": NAME,
    "import_workflow": WORKFLOW,
    "update_workflow": NAME,
    "put_workflow": NAME,
    "put_parameters": {"steps": 3},
    "check_workflow": {"parameters": {"steps": 3}},
    "merge_parameters": {"steps": 3},
    "update_session": {"title": "Changed"},
    "put_session": {"title": "Changed"},
    "generate": WORKFLOW,
    "make_variations": {"count": 2},
    "make_sweep": {"base": WORKFLOW, "axes": [{"parameter": "1.width", "values": [64, 128]}]},
    "run_prompt": WORKFLOW,
    "change_generation": {"favorite": True},
    "create_project": NAME,
    "update_project": NAME,
    "put_project": NAME,
    "create_prompt": NAME | {"prompt_text": "a pier"},
    "update_prompt": NAME,
    "put_prompt": NAME,
    "create_preset": NAME | {"parameters": {"steps": 3}},
    "update_preset": NAME,
    "put_preset": NAME,
    "move_generation": {"to": "front"},
    "put_budget": {"monthly_usd": 10},
    "pull_model": {"name": "new:1b"},
    "update_conversation": {"title": "Changed"},
    "put_conversation": {"title": "Changed"},
    "update_task": NAME,
    "update_schedule": NAME,
    "put_schedule": NAME,
    "preview_schedule": {"cron": "@daily"},
    "post_message": {"content": "Hello?"},
    "edit_message": {"content": "Hello!"},
    "set_up": {"token": "x" * 43, "email": "first@example.com", "name": "First", "password": PASSWORD},
    "update_me": NAME,
    "change_password": {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
    "create_api_key": NAME,
    "update_api_key": NAME,
    "create_workspace": NAME,
    "update_workspace": NAME,
    "update_member": {"role": "viewer"},
    "update_user": NAME,
    "set_password": {"password": PASSWORD},
}


def body_of(operation: str, place: Place) -> dict[str, Any]:
    """What to call httpx2 with."""
    if operation in {"upload_file", "upload_workflow"}:
        content = PNG if operation == "upload_file" else json.dumps(GRAPH).encode()
        return {"files": {"file": ("file", content)}}
    if operation == "set_workflow_thumbnail":
        return {"content": PNG, "headers": {"Content-Type": "image/png"}}
    if operation.startswith(("get_", "list_")):
        return {}
    return {"json": BODIES.get(operation) or _body_about(operation, place)}


def _body_about(operation: str, place: Place) -> dict[str, Any]:
    new = str(uuid4())
    bodies: dict[str, dict[str, Any]] = {
        "make_archive": {"ids": [str(place.ids.get("generation_id", new))]},
        "create_profile": {"name": new, "provider": "comfyui", "url": place.url},
        "test_connection": {"provider": "comfyui", "url": place.url},
        "create_backend": {"profile_id": str(place.ids["profile_id"]), "name": new, "url": f"{place.url}/{new}"},
        "change_tags": {"ids": [str(place.ids.get("generation_id"))], "add": ["cat"]},
        "add_model": {"model_id": new},
        "put_settings": {"api_key": f"sk-{new}", "endpoint_url": place.url},
        "add_profile_key": {"name": "Key", "api_key": f"sk-{new}"},
        "create_completion": {"model": place.ids["model"], "messages": [{"role": "user", "content": "Hello"}]},
        "create_embeddings": {"model": place.ids["model"], "input": "Hello"},
        "chat": {"provider": "ollama", "model": place.ids["name"], "messages": [{"role": "user", "content": "Hello"}]},
        "create_task": {"type": "text", "provider": "ollama", "model": place.ids["name"], "prompt": "Hello"},
        "create_schedule": {
            "name": new,
            "kind": "task",
            "cron": "@daily",
            "request": {"type": "text", "provider": "ollama", "model": place.ids["name"], "prompt": "Hello"},
        },
        "compare": {"prompt": "Hello", "targets": [{"provider": "ollama", "model": place.ids["name"]}] * 2},
        "login": {"email": f"{place.ids['user_id']}@example.com", "password": PASSWORD},
        "create_user": {"email": f"{new}@example.com", "name": new},
        "look_up_invitation": {"token": place.ids["token"]},
        "accept_invitation": {"token": place.ids["token"]},
    }
    return bodies.get(operation, {})
