"""Short ways to ask for tasks."""

from typing import Any

from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

GRAPH = workflow("txt2img_sd15")
NOBODY = "http://127.0.0.1:9"


async def profile(api: Application, provider: str, name: str, *models: str, **fields: Any) -> str:
    """A profile that lists these models; what one makes may follow its name: `dall:image`, `eye:text<image`."""
    body = {"name": name, "provider": provider, "api_key": "sk-0123456789abcdef", **fields}
    made = await api.json("POST", "/profiles", 201, json=body)
    for model in models:
        model_id, _, makes = model.partition(":")
        gives, _, takes = makes.partition("<")
        listed = {
            "model_id": model_id,
            "output_modalities": [gives or "text"],
            "input_modalities": ["text", takes] if takes else ["text"],
        }
        await api.json("POST", f"/profiles/{made['id']}/models", 201, json=listed)
    return str(made["id"])


async def task(api: Application, status: int = 201, **body: Any) -> Any:
    usual = {"type": "text", "provider": "ollama", "model": "llama3.2", "prompt": "A story of a pier"}
    return await api.json("POST", "/tasks", status, json=usual | body)


async def upload(api: Application, content: bytes, name: str = "a.png") -> str:
    made = await api.json("POST", "/comfyui/uploads", 201, files={"file": (name, content)})
    return str(made["id"])
