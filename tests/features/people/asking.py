"""One request, and the status that it must have."""

from typing import Any

import httpx2


async def ask(client: httpx2.AsyncClient, method: str, path: str, status: int = 200, **body: Any) -> Any:
    """The `data` of the answer, the whole answer where there is none, the `code` of a refusal."""
    response = await client.request(method, f"/api{path}", json=body or None)
    assert response.status_code == status, (method, path, response.status_code, response.text)
    answer = response.json()
    return answer["code"] if status >= 400 else answer.get("data", answer)
