"""A simulator of the newer version, a client for it, and small graphs to run."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from spoonfeeder.simulator import Options, Simulator
from tests.fixtures.ports import kept_port


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    with kept_port() as port:
        async with Simulator(Options(port=port)) as running:
            yield running


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=simulator.url, timeout=30) as client:
        yield client


def plain_picture(color: int = 0, *, prefix: str = "plain") -> dict[str, Any]:
    size = {"width": 32, "height": 16, "batch_size": 1, "color": color}
    return {
        "1": {"class_type": "EmptyImage", "inputs": size},
        "2": {"class_type": "SaveImage", "inputs": {"filename_prefix": prefix, "images": ["1", 0]}},
    }


def text_to_image(seed: int = 1, text: str = "a red fox", **latent: int) -> dict[str, Any]:
    """The txt2img graph of the documentation's example, small."""
    size = {"width": 96, "height": 64, "batch_size": 1, **latent}
    sampling = {
        "seed": seed,
        "steps": 4,
        "cfg": 7.5,
        "sampler_name": "euler_ancestral",
        "scheduler": "karras",
        "denoise": 1.0,
        "model": ["10", 0],
        "positive": ["6", 0],
        "negative": ["7", 0],
        "latent_image": ["5", 0],
    }
    lora = {"lora_name": "detail_tweaker_xl.safetensors", "strength_model": 0.5, "strength_clip": 0.5}
    return {
        "3": {"class_type": "KSampler", "inputs": sampling},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base_1.0.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": size},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": text, "clip": ["10", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["10", 1]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "fox", "images": ["8", 0]}},
        "10": {"class_type": "LoraLoader", "inputs": {**lora, "model": ["4", 0], "clip": ["4", 1]}},
    }


def sleeping(seconds: float, nonce: int = 0) -> dict[str, Any]:
    inputs = {"seconds": seconds, "interruptible": True, "nonce": nonce}
    return {"1": {"class_type": "ProbeSleep", "inputs": inputs}}


async def submit(http: httpx2.AsyncClient, graph: dict[str, Any], **more: Any) -> str:
    response = await http.post("/prompt", json={"prompt": graph, **more})
    assert response.status_code == 200, response.text
    return str(response.json()["prompt_id"])


async def run(simulator: Simulator, http: httpx2.AsyncClient, graph: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The history entry of a prompt that was run to its end."""
    prompt_id = await submit(http, graph, **more)
    await simulator.settled()
    entry: dict[str, Any] = (await http.get(f"/history/{prompt_id}")).json()[prompt_id]
    return entry


async def saved(http: httpx2.AsyncClient, entry: dict[str, Any], node_id: str, key: str = "images") -> list[bytes]:
    files = entry["outputs"][node_id][key]
    return [(await http.get("/view", params=file)).content for file in files]
