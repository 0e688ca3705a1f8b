"""Every page of Spoon Feeder, with a row of everything for those that show one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tests.abuse.sampling import THOROUGH
from tests.browser.conftest import EXAMPLES, Api
from tests.embedded.processes import wait_for


@dataclass(frozen=True)
class Place:
    """A page and its address, which may name rows by their kind: `/tasks/{task}`."""

    name: str
    path: str

    def at(self, ids: dict[str, str]) -> str:
        return self.path.format(**ids)


PLACES = (
    Place("dashboard", "/"),
    Place("chat", "/chat/{conversation}"),
    Place("chat-new", "/chat"),
    Place("chat-compare", "/chat/compare"),
    Place("comfyui", "/comfyui/{session}"),
    Place("comfyui-gone", "/comfyui/00000000-0000-4000-8000-000000000000"),
    Place("tasks", "/tasks"),
    Place("task", "/tasks/{task}"),
    Place("schedules", "/schedules"),
    Place("library", "/library"),
    Place("generation-compare", "/library/compare?ids={generation},{other_generation}"),
    Place("generation", "/generations/{generation}"),
    Place("batches", "/batches"),
    Place("batch", "/batches/{batch}"),
    Place("results", "/results"),
    Place("queue", "/queue"),
    Place("history", "/history"),
    Place("projects", "/projects"),
    Place("project", "/projects/{project}"),
    Place("prompts", "/prompts"),
    Place("workflows", "/workflows"),
    Place("presets", "/presets"),
    Place("workflow", "/workflows/{workflow}"),
    Place("profiles", "/profiles"),
    Place("models", "/models"),
    Place("machines", "/machines"),
    Place("usage", "/usage"),
    Place("settings", "/settings"),
    Place("users", "/users"),
    Place("workspaces", "/workspaces"),
    Place("keys", "/keys"),
    Place("audit", "/audit"),
    Place("calls", "/calls"),
    Place("nowhere", "/no/such/page"),
)


def walked(others: int) -> Sequence[Place]:
    """All in a thorough run (`make pages`), else those that show a row and one half of the others: 0 or 1."""
    without_row = [place for place in PLACES if "{" not in place.path]
    left_out = () if THOROUGH else without_row[1 - others :: 2]
    return [place for place in PLACES if place not in left_out]


def fill(api: Api, word: str) -> dict[str, str]:
    """One row of everything, each with `word` in its name; pictures by the simulated ComfyUI. Their ids by kind."""
    graph = (EXAMPLES / "txt2img.json").read_text()
    project = api.post("/projects", {"name": f"{word} project", "color": "#0f6b62"})
    workflow = api.post("/comfyui/workflows", {"name": f"{word} workflow", "workflow_json": graph})
    session = api.post(
        "/comfyui/sessions",
        {"title": f"{word} session", "workflow_id": workflow["id"], "project_id": project["id"]},
    )
    made = [
        api.post(
            f"/comfyui/sessions/{session['id']}/generate",
            {"prompt_text": f"{word} picture {number}", "parameters": {"steps": 2, "seed": number}},
        )
        for number in (1, 2)
    ]
    sweep = api.post(
        f"/comfyui/sessions/{session['id']}/sweep",
        {
            "base": {"prompt_text": f"{word} sweep", "parameters": {"steps": 2, "seed": 5}},
            "axes": [{"parameter": "cfg", "values": [3, 7]}],
        },
    )
    conversation = api.post("/conversations", {"title": f"{word} conversation", "project_id": project["id"]})
    api.post(
        f"/conversations/{conversation['id']}/messages",
        {"role": "user", "content": f"{word} question about lighthouses"},
    )
    task = api.post("/tasks", {"name": f"{word} task", "type": "image", "prompt": f"{word} errand"})
    prompt = api.post("/prompts", {"name": f"{word} prompt", "prompt_text": "a {thing} at dawn"})
    preset = api.post("/presets", {"name": f"{word} preset", "parameters": {"steps": 12}})
    schedule = api.post(
        "/schedules",
        {
            "name": f"{word} schedule",
            "kind": "task",
            "request": {"type": "image", "prompt": f"{word} nightly"},
            "cron": "0 3 * * *",
        },
    )
    ids = {
        "project": project["id"],
        "workflow": workflow["id"],
        "session": session["id"],
        "generation": made[0]["id"],
        "other_generation": made[1]["id"],
        "batch": sweep["id"],
        "conversation": conversation["id"],
        "task": task["id"],
        "prompt": prompt["id"],
        "preset": preset["id"],
        "schedule": schedule["id"],
    }
    for path in (*(f"/comfyui/generations/{one['id']}" for one in made), f"/tasks/{task['id']}"):
        wait_for(partial(_is_complete, api, path), 90)
    wait_for(lambda: bool(api.get(f"/comfyui/batches/{sweep['id']}")["done"]), 90)
    return {kind: str(row_id) for kind, row_id in ids.items()}


def _is_complete(api: Api, path: str) -> bool:
    return str(api.get(path)["status"]).startswith("complete")
