"""Does with a simulator what was done with a real ComfyUI, and writes down what each client sees."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from spoonfeeder.simulator import Simulator
from tests.simulator.observing import Seen, account, key, see_bytes, see_text, shape
from tests.waiting import until

RECORDINGS = Path(__file__).parents[1] / "data" / "simulator"


def recording(version: str, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((RECORDINGS / version / f"{name}.json").read_text())
    return loaded


def recorded_accounts(recording: Mapping[str, Any]) -> dict[str, Any]:
    clients = dict.fromkeys(step["client"] for step in recording["steps"] if step["do"] == "open")
    return {
        client: account(step["saw"] for step in recording["steps"] if step["do"] == "see" and step["client"] == client)
        for client in clients
    }


def is_acted_on_at_work(recording: Mapping[str, Any]) -> bool:
    """Whether anything is asked of the server while a prompt runs or waits."""
    remaining = submitted = 0
    greeted = set()
    for step in recording["steps"]:
        if step["do"] == "see" and step["client"] not in greeted:
            greeted.add(step["client"])  # with a status that may be read late
        elif step["do"] == "see":
            remaining = step["saw"][1] if step["saw"][0] == "status" else remaining
        elif step["do"] != "close":
            if submitted and remaining:
                return True
            submitted += step["do"] == "submit"
            remaining = max(remaining, int(submitted > 0))
    return False


class Client:
    def __init__(self, socket: ClientConnection, replay: "Replay") -> None:
        self.socket = socket
        self.sightings: list[Seen] = []
        self._replay = replay
        self.reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for message in self.socket:
                async with self._replay.numbering:
                    if isinstance(message, bytes):
                        self.sightings.append(see_bytes(message, self._replay.place))
                    else:
                        self.sightings.append(see_text(json.loads(message), self._replay.place))
        except ConnectionClosed:
            return


class Replay:
    def __init__(self, simulator: Simulator, recording: Mapping[str, Any], http: httpx2.AsyncClient) -> None:
        self._simulator = simulator
        self.is_on = self.is_waiting = False
        self._recording = recording
        self._http = http
        self._ids: list[str] = []
        self.numbering = asyncio.Lock()
        """Held until a prompt's id is known, which its events may come before."""
        self.clients: dict[str, Client] = {}
        self.statuses: list[int | None] = []
        self.replies: list[dict[str, Any]] = []

    def place(self, prompt_id: str | None) -> int | None:
        return self._ids.index(prompt_id) if prompt_id in self._ids else None

    async def run(self) -> None:
        await self._warm_up()
        self.is_on = True
        steps = self._recording["steps"]
        last = max(at for at, step in enumerate(steps) if step["do"] not in ("see", "close"))
        for at, step in enumerate(steps):
            if step["do"] != "see" and (at <= last or step["do"] != "close"):
                await self._wait_for_what_was_seen(at)
                await getattr(self, f"_{step['do']}")(step, at)
        self.is_on = False
        await self._simulator.settled()
        for client in self.clients.values():
            await self._close_client(client)

    def accounts(self) -> dict[str, Any]:
        return {name: account(client.sightings) for name, client in self.clients.items()}

    async def histories(self) -> list[Any]:
        return [reduced_history((await self._http.get(f"/history/{prompt_id}")).json()) for prompt_id in self._ids]

    async def _warm_up(self) -> None:
        """The recorded server had run before; what it found in its cache has to be there."""
        cached = self._recording["cached_before"]
        if not cached:
            return
        graph = json.loads(json.dumps(self._recording["submissions"][0]["request"]["prompt"]))
        for node_id, node in graph.items():
            if node_id not in cached:
                _alter(node["inputs"])
        accepted = await self._http.post("/prompt", json={"prompt": graph})
        assert accepted.status_code == 200, accepted.text
        await self._simulator.settled()

    async def _wait_for_what_was_seen(self, at: int) -> None:
        """Acts when every client has seen what its model had seen at that moment."""
        for name, client in self.clients.items():
            wanted = Counter(
                key(step["saw"])
                for step in self._recording["steps"][:at]
                if step["do"] == "see" and step["client"] == name
            )
            await self._until(partial(_knows, client, wanted))

    async def _open(self, step: Mapping[str, Any], at: int) -> None:
        following = [
            later["saw"]
            for later in self._recording["steps"][at:]
            if later.get("client") == step["client"] and "saw" in later
        ]
        await self._wait_for_situation(following)
        address = self._simulator.url.replace("http", "ws", 1) + f"/ws?clientId={step['id']}"
        socket = await connect(address, max_size=None, compression=None)
        self.clients[step["client"]] = Client(socket, self)

    async def _wait_for_situation(self, following: list[Seen]) -> None:
        """A client that comes late is greeted with what is going on; wait until that is so."""
        if following and following[0][0] == "status":
            await self._until(lambda: self._simulator.queue.remaining() == following[0][1])
        if len(following) > 1 and following[1][0] == "executing" and following[1][1] is None:
            await self._until(lambda: self._simulator.current_node == following[1][2])

    async def _until(self, condition: Callable[[], object]) -> None:
        self.is_waiting = True
        await until(condition)
        self.is_waiting = False

    async def _close(self, step: Mapping[str, Any], at: int) -> None:
        await self._close_client(self.clients[step["client"]])

    async def _close_client(self, client: Client) -> None:
        if not client.reader.done():
            await (await client.socket.ping())
        await client.socket.close()
        await client.reader

    async def _send(self, step: Mapping[str, Any], at: int) -> None:
        await self.clients[step["client"]].socket.send(json.dumps(step["message"]))

    async def _submit(self, step: Mapping[str, Any], at: int) -> None:
        async with self.numbering:
            response = await self._http.post("/prompt", json=self._recording["submissions"][step["place"]]["request"])
            self._ids.append(response.json().get("prompt_id", ""))
        self.statuses.append(response.status_code)
        self.replies.append(reduced_reply(response.json()))

    async def _request(self, step: Mapping[str, Any], at: int) -> None:
        path, body = self._with_ids(step["path"]), self._with_ids(json.dumps(step["body"]))
        try:
            response = await self._http.request(step["method"], path, content=None if step["body"] is None else body)
            self.statuses.append(response.status_code)
        except httpx2.TransportError:
            self.statuses.append(None)

    def _with_ids(self, text: str) -> str:
        for place, prompt_id in enumerate(self._ids):
            text = text.replace(f"<prompt {place}>", prompt_id)
        return text

    async def _kill(self, step: Mapping[str, Any], at: int) -> None:
        await self._simulator.kill()

    async def _start(self, step: Mapping[str, Any], at: int) -> None:
        await self._simulator.start()


def _knows(client: Client, wanted: Counter[str]) -> bool:
    known = Counter(map(key, client.sightings))
    enough = {what: min(count, 2 if what.startswith("progress_state") else 1) for what, count in wanted.items()}
    return client.reader.done() or all(known[what] >= count for what, count in enough.items())


def reduced_reply(reply: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "error": (reply.get("error") or {}).get("type"),
        "node_errors": {
            node_id: {
                "errors": [[found["type"], found["details"].split(":")[0]] for found in told["errors"]],
                "dependent_outputs": told["dependent_outputs"],
                "class_type": told["class_type"],
            }
            for node_id, told in reply["node_errors"].items()
        },
    }


def reduced_history(history: Mapping[str, Any]) -> dict[str, Any] | None:
    for entry in history.values():
        return {
            "status_str": entry["status"]["status_str"],
            "completed": entry["status"]["completed"],
            "messages": [message[0] for message in entry["status"]["messages"]],
            "outputs": {node_id: shape(output) for node_id, output in sorted(entry["outputs"].items())},
            "meta": dict(sorted(entry["meta"].items())),
            "targets": sorted(entry["prompt"][4]),
        }
    return None


def _alter(inputs: dict[str, Any]) -> None:
    for name, value in inputs.items():
        if name in ("text", "filename_prefix"):
            inputs[name] = f"{value}_"
        elif name in ("seed", "noise_seed", "nonce", "batch_size", "strength_model", "color"):
            inputs[name] = value + 1
        elif name == "ckpt_name":
            inputs[name] = "sd_xl_base_1.0.safetensors"
        elif name == "sampler_name":
            inputs[name] = "heun"
