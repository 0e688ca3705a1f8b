"""Which storage the settings name."""

from spoonfeeder.core.settings import Settings, load_settings
from spoonfeeder.storage.disk import DiskStorage
from spoonfeeder.storage.protocol import Storage


def open_storage(settings: Settings) -> Storage:
    """Nothing connects before its first use."""
    where = settings.media_bucket
    if where is None:
        return DiskStorage(settings.media_path)
    from spoonfeeder.storage.s3 import Bucket, S3Storage

    assert settings.s3_access_key_id is not None, "the settings are complete"
    assert settings.s3_secret_access_key is not None
    bucket = Bucket(
        *where,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key.get_secret_value(),
        virtual_host=settings.s3_virtual_host,
    )
    return S3Storage(bucket, settings.media_path / ".drafts")


def open_storage_at(settings: Settings, place: str) -> Storage:
    """A folder or `s3://bucket/prefix` other than that of the settings, with their S3_…. Raises SettingsError."""
    return open_storage(load_settings(**(settings.model_dump() | {"media_storage_path": place})))
