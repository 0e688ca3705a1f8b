"""/object_info, /node_replacements, /models, /embeddings, /system_stats, /features"""

import sys
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from spoonfeeder.simulator.catalogue import Catalogue
from spoonfeeder.simulator.replies import Json
from spoonfeeder.simulator.version import Version

MEMORY_BYTES = 16 * 2**30


@dataclass
class InfoRoutes:
    catalogue: Catalogue
    version: Version
    preview_method: str

    def routes(self) -> list[Route]:
        return [
            Route("/object_info", self.all_classes, methods=["GET"]),
            Route("/object_info/{class_type}", self.one_class, methods=["GET"]),
            Route("/models", self.folders, methods=["GET"]),
            Route("/models/{folder}", self.models, methods=["GET"]),
            Route("/embeddings", self.embeddings, methods=["GET"]),
            Route("/system_stats", self.system_stats, methods=["GET"]),
            Route("/features", self.features, methods=["GET"]),
            *(
                [Route("/node_replacements", self.replacements, methods=["GET"])]
                if self.version.replaces_classes
                else []
            ),
        ]

    async def all_classes(self, request: Request) -> Response:
        return Json(self.catalogue.object_info())

    async def one_class(self, request: Request) -> Response:
        return Json(self.catalogue.object_info(request.path_params["class_type"]))

    async def replacements(self, request: Request) -> Response:
        return Json(self.catalogue.replacements)

    async def folders(self, request: Request) -> Response:
        return Json(list(self.catalogue.models))

    async def models(self, request: Request) -> Response:
        names = self.catalogue.models.get(request.path_params["folder"])
        return Response(status_code=404) if names is None else Json(names)

    async def embeddings(self, request: Request) -> Response:
        return Json([PurePath(name).stem for name in self.catalogue.models["embeddings"]])

    async def features(self, request: Request) -> Response:
        return Json(self.version.features)

    async def system_stats(self, request: Request) -> Response:
        memory = {"ram_total": MEMORY_BYTES, "ram_free": MEMORY_BYTES // 2}
        system: dict[str, Any] = {
            **self.version.system,
            **memory,
            "python_version": sys.version,
            "pytorch_version": "simulated",
            "embedded_python": False,
            "argv": ["main.py", "--preview-method", self.preview_method],
        }
        device = {
            "name": "simulated",
            "type": "cpu",
            "index": None,
            "vram_total": MEMORY_BYTES,
            "vram_free": MEMORY_BYTES // 2,
            "torch_vram_total": MEMORY_BYTES,
            "torch_vram_free": MEMORY_BYTES // 2,
        }
        return Json({"system": system, "devices": [device]})
