"""Kept files as answers."""

from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import Response

from spoonfeeder.core.media_response import MediaFile, media_response, resource_policy
from spoonfeeder.db.media import Media
from spoonfeeder.features.media.service import MediaNotFound, whole_length
from spoonfeeder.runtime import Runtime

CACHE_SECONDS = 3600


async def open_media(
    runtime: Runtime, request: Request, media: Media, *, thumbnail: bool = False, download: bool = False
) -> Response:
    """The file, or its WebP thumbnail, as R47 wants it served. Raises MediaNotFound, StorageMissing.

    At a signed address it is kept no longer than that is good for; else for who showed the same credentials.
    """
    key = media.thumbnail_key if thumbnail else media.storage_key
    if key is None:
        raise MediaNotFound("There is no thumbnail of this file.")
    file = MediaFile(
        length=await (runtime.storage.size(key) if thumbnail else whole_length(runtime, media)),
        sha256=f"{media.sha256}-thumbnail" if thumbnail else media.sha256,
        media_type="image/webp" if thumbnail else media.media_type,
        filename=f"{PurePosixPath(media.filename).stem}.webp" if thumbnail else media.filename,
    )
    permit = runtime.signed_urls.permit(request.scope)
    response = media_response(
        request,
        file,
        lambda start, stop: runtime.storage.open_range(key, start, stop),
        download=download,
        policy=resource_policy(runtime.settings),
        cache_seconds=min(permit.seconds_left, CACHE_SECONDS) if permit else CACHE_SECONDS,
    )
    if runtime.settings.is_server:
        response.headers.add_vary_header("Authorization")
    return response
