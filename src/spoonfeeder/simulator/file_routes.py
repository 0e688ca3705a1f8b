"""/view and /upload"""

import hashlib
import mimetypes
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from spoonfeeder.simulator.files import Folders, OutsideFolder, inside
from spoonfeeder.simulator.replies import Json
from spoonfeeder.simulator.version import Version

ACTIVE_TYPES = {"text/html", "text/html-sandboxed", "application/xhtml+xml", "text/css"}
SCRIPT_TYPES = {"text/javascript", "application/javascript", "image/svg+xml", "text/xml", "application/xml"}


@dataclass
class FileRoutes:
    folders: Folders
    version: Version

    def routes(self) -> list[Route]:
        return [
            Route("/view", self.view, methods=["GET"]),
            Route("/upload/image", self.upload, methods=["POST"]),
            Route("/upload/mask", self.upload, methods=["POST"]),
        ]

    async def view(self, request: Request) -> Response:
        asked = request.query_params
        name, type_name = _annotated(asked.get("filename", ""), asked.get("type", "output"))
        if not name:
            return Response(status_code=404)
        if name.startswith("/") or ".." in name or type_name not in self.folders.by_type:
            return Response(status_code=400)
        try:
            path = self.folders.path(type_name, asked.get("subfolder", ""), name)
        except OutsideFolder:
            return Response(status_code=403)
        if not path.is_file():
            return Response(status_code=404)
        if "preview" in asked:
            return _converted(path, asked["preview"])
        if asked.get("channel") in ("rgb", "a"):
            return _channel(path, asked["channel"])
        return self._file(path)

    def _file(self, path: Path) -> Response:
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = {"Content-Disposition": f'filename="{path.name}"'}
        if self.version.serves_scripts_as_download and media_type in ACTIVE_TYPES | SCRIPT_TYPES:
            headers = {
                "Content-Disposition": f'attachment; filename="{path.name}"',
                "X-Content-Type-Options": "nosniff",
            }
            media_type = "application/octet-stream"
        elif media_type in ACTIVE_TYPES:
            media_type = "application/octet-stream"
        return FileResponse(path, headers=headers, media_type=media_type)

    async def upload(self, request: Request) -> Response:
        async with request.form() as form:
            file = form.get("image")
            if not isinstance(file, UploadFile) or not file.filename:
                return Response(status_code=400)
            content, filename = await file.read(), file.filename
            type_name = str(form.get("type") or "input")
            subfolder = str(form.get("subfolder") or "")
            overwrites = form.get("overwrite") in ("true", "1")
        root = self.folders.by_type[type_name]
        try:
            path = inside(root, root / subfolder / filename)
        except OutsideFolder:
            return Response(status_code=400)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not overwrites:
            path = _free_name(path, content)
        path.write_bytes(content)
        return Json({"name": path.name, "subfolder": subfolder, "type": type_name})


def _annotated(name: str, type_name: str) -> tuple[str, str]:
    for known in ("input", "output", "temp"):
        if name.endswith(f"[{known}]"):
            return name.removesuffix(f"[{known}]").rstrip(), known
    return name, type_name


def _free_name(path: Path, content: bytes) -> Path:
    """The same name for the same content, else the next "name (1).png"."""
    digest = hashlib.sha256(content).digest()
    candidate, count = path, 1
    while candidate.exists() and hashlib.sha256(candidate.read_bytes()).digest() != digest:
        candidate = path.with_name(f"{path.stem} ({count}){path.suffix}")
        count += 1
    return candidate


def _converted(path: Path, wanted: str) -> Response:
    form, _, quality = wanted.partition(";")
    form = form if form in ("webp", "jpeg") else "webp"
    with Image.open(path) as image:
        picture = image.convert("RGB") if form == "jpeg" else image.copy()
    return _picture(path, picture, form, quality=int(quality) if quality.isdecimal() else 90)


def _channel(path: Path, channel: str) -> Response:
    with Image.open(path) as image:
        if channel == "rgb":
            return _picture(path, image.convert("RGB"), "png")
        alpha = Image.new("RGBA", image.size)
        alpha.putalpha(image.convert("RGBA").getchannel("A"))
        return _picture(path, alpha, "png")


def _picture(path: Path, picture: Image.Image, form: str, **how: Any) -> Response:
    file = BytesIO()
    picture.save(file, form, **how)
    headers = {"Content-Disposition": f'filename="{path.name}"'}
    return Response(file.getvalue(), headers=headers, media_type=f"image/{form}")
