"""The binary messages of the WebSocket (shared/comfyui/PROTOCOL.md §5.2), big-endian."""

import json
import struct
from typing import Any

JPEG = 1
PNG = 2


def image(payload: bytes, kind: int) -> bytes:
    return struct.pack(">II", 1, kind) + payload


def image_with_metadata(payload: bytes, kind: int, metadata: dict[str, Any]) -> bytes:
    head = json.dumps({**metadata, "image_type": "image/png" if kind == PNG else "image/jpeg"}).encode()
    return struct.pack(">II", 4, len(head)) + head + payload


def text(node_id: str, words: str) -> bytes:
    name = node_id.encode()
    return struct.pack(">II", 3, len(name)) + name + words.encode()
