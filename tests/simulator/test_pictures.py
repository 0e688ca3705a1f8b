"""What the simulator draws: the asked size, the same for the same words and seed, with ComfyUI's metadata in it."""

import json
from io import BytesIO

import httpx2
from PIL import Image, ImageChops

from spoonfeeder.comfy.metadata.reading import read
from spoonfeeder.simulator import Simulator
from tests.fixtures.workflows import workflow
from tests.simulator.conftest import run, saved, text_to_image


def picture(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def difference(one: bytes, two: bytes) -> float:
    """Mean distance of the pixels, 0 … 255."""
    pixels = ImageChops.difference(picture(one).convert("L"), picture(two).convert("L")).tobytes()
    return sum(pixels) / len(pixels)


async def test_pictures_have_the_asked_size_and_number(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    entry = await run(simulator, http, text_to_image(width=200, height=120, batch_size=3))
    contents = await saved(http, entry, "9")

    assert [picture(content).size for content in contents] == [(200, 120)] * 3
    assert len(set(contents)) == 3


async def test_same_words_and_seed_give_the_same_picture_elsewhere(
    http: httpx2.AsyncClient, simulator: Simulator
) -> None:
    first = await saved(http, await run(simulator, http, text_to_image()), "9")
    async with Simulator() as other, httpx2.AsyncClient(base_url=other.url, timeout=60) as other_http:
        again = await saved(other_http, await run(other, other_http, text_to_image()), "9")

    assert picture(first[0]).tobytes() == picture(again[0]).tobytes()


async def test_another_seed_gives_another_picture(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    one = await saved(http, await run(simulator, http, text_to_image(seed=1)), "9")
    two = await saved(http, await run(simulator, http, text_to_image(seed=2**64 - 1)), "9")

    assert difference(one[0], two[0]) > 1


async def test_a_seed_shows_the_words_colours(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    one = await saved(http, await run(simulator, http, text_to_image(text="a red fox")), "9")
    two = await saved(http, await run(simulator, http, text_to_image(text="a blue whale")), "9")

    assert difference(one[0], two[0]) > 1


async def test_saved_picture_tells_its_graph(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    graph = text_to_image()
    drawn = {"id": "wf", "nodes": []}
    entry = await run(simulator, http, graph, extra_data={"extra_pnginfo": {"workflow": drawn}})
    (content,) = await saved(http, entry, "9")

    chunks = picture(content).info
    assert json.loads(chunks["prompt"]) == graph
    assert json.loads(chunks["workflow"]) == drawn


async def test_animations_tell_their_graph(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    graph = workflow("animated_webp_png")
    drawn = {"id": "wf", "nodes": []}
    entry = await run(simulator, http, graph, extra_data={"extra_pnginfo": {"workflow": drawn}})
    savers = [name for name, told in graph.items() if told["class_type"].startswith("SaveAnimated")]
    files = [(await saved(http, entry, name))[0] for name in savers]

    assert {content[:4] for content in files} == {b"RIFF", b"\x89PNG"}
    assert [(read(content).prompt, read(content).workflow) for content in files] == [(graph, drawn)] * 2
    (moving,) = [content for content in files if content[:4] != b"RIFF"]
    assert moving.rindex(b"comfworkflow\0{") > moving.rindex(b"IDAT"), "behind the pixels, in ComfyUI's own chunks"


async def test_uploaded_picture_shines_through(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    file = BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((64, 64)).save(file, "PNG")
    uploaded = await http.post("/upload/image", files={"image": ("slope.png", file.getvalue(), "image/png")})
    graph = text_to_image()
    graph["11"] = {"class_type": "LoadImage", "inputs": {"image": uploaded.json()["name"]}}
    graph["5"] = {"class_type": "VAEEncode", "inputs": {"pixels": ["11", 0], "vae": ["4", 2]}}
    graph["3"]["inputs"]["denoise"] = 0.2
    faint = await saved(http, await run(simulator, http, graph), "9")
    graph["3"]["inputs"]["denoise"] = 0.9
    strong = await saved(http, await run(simulator, http, graph), "9")

    assert picture(faint[0]).size == (64, 64)
    assert difference(faint[0], file.getvalue()) < difference(strong[0], file.getvalue())
