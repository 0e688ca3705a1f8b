"""Batches as the tests ask for them and look at them."""

from typing import Any

from tests.fixtures.application import Application


async def sweep(app: Application, session_id: str, status: int = 201, **body: Any) -> Any:
    return await app.json("POST", f"/comfyui/sessions/{session_id}/sweep", status, json=body)


async def vary(app: Application, generation_id: str, status: int = 201, **body: Any) -> Any:
    return await app.json("POST", f"/comfyui/generations/{generation_id}/variations", status, json=body)


async def children(app: Application, batch_id: str) -> list[Any]:
    """In the order of their places."""
    rows = await app.json("GET", f"/comfyui/generations?batch_id={batch_id}&limit=200")
    assert {row["batch_id"] for row in rows} <= {batch_id}
    return sorted(rows, key=lambda row: row["batch_index"])


async def graph_of(app: Application, generation_id: str) -> Any:
    return (await app.json("GET", f"/comfyui/generations/{generation_id}/workflow"))["workflow_json"]
