"""What an S3-compatible storage says when it does not do it, in the words of `protocol`."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from spoonfeeder.storage.protocol import StorageFull, StorageMissing, StorageUnavailable

log = structlog.get_logger(__name__)
FULL = ("507 Insufficient Storage", "XMinioStorageFull", "QuotaExceeded", "InsufficientStorage")
"""S3 itself is never full; these are what MinIO, Ceph and others answer."""
REFUSED = ("401 Unauthorized", "403 Forbidden")
NO_BUCKET = "There is no such S3 bucket; check MEDIA_STORAGE_PATH."
NO_RIGHT = "The S3 storage refuses our key; check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and what it may do."
NO_ANSWER = "The S3 storage does not answer as it should; try again later."
LONGEST_DETAIL = 300


@contextmanager
def as_storage_errors(*, writing: bool = False) -> Iterator[None]:
    """Raises StorageMissing, StorageFull, StorageUnavailable.

    Who is `writing` misses no file: the bucket itself is not there.
    """
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as error:
        if not writing and "NoSuchBucket" not in str(error):
            raise StorageMissing from None
        raise _unavailable(error, NO_BUCKET) from None
    except (BaseError, TimeoutError) as error:
        if any(word in str(error) for word in FULL):
            raise StorageFull from None
        refused = any(word in str(error) for word in REFUSED)
        raise _unavailable(error, NO_RIGHT if refused else NO_ANSWER) from None


def _unavailable(error: Exception, sentence: str) -> StorageUnavailable:
    lines = str(error).splitlines() or [type(error).__name__]
    if "416 Range" not in lines[0]:  # whoever reads to the end meets it
        log.warning("s3_failed", detail=lines[0][:LONGEST_DETAIL])
    return StorageUnavailable(sentence)
