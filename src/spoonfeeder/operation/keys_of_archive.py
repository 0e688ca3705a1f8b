"""Which keys a restored installation will have: they must open what was stored, and are asked before anything else."""

from spoonfeeder.core.crypto import Cipher, KeyUnreadable
from spoonfeeder.core.key_ring import KEY_FILE, KeyRing
from spoonfeeder.core.settings import Settings, SettingsError
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.operation.manifest import Manifest


def choose_keys(settings: Settings, manifest: Manifest, archived: str | None) -> str | None:
    """The text for the key file, None where the right keys are there already.

    Those of the environment, else of the data home where they fit, else of the archive. Raises OperationRefused.
    """
    place = settings.home / KEY_FILE
    if settings.encryption_keys or settings.encryption_key:
        if opens(KeyRing.of_settings(settings), manifest):
            return None
        raise OperationRefused(
            "ENCRYPTION_KEY(S) of the environment does not open the secrets of this backup: set it to the key of the "
            "installation that was backed up"
            + (", or unset it to use the one that is in the backup." if archived else ".")
        )
    if place.exists() and opens(_ring(place.read_text(), f"The file {place}"), manifest):
        return None
    if archived is None and manifest.canary is None:
        return None  # it never was started: there is nothing to open
    if archived is None:
        raise OperationRefused(
            f"This backup holds no keys, and {'that of' if place.exists() else 'there is none at'} {place} "
            f"{'does not open its secrets' if place.exists() else 'either'}: put the key file of the installation "
            "that was backed up there, or its key into ENCRYPTION_KEY, and try again."
        )
    if not opens(_ring(archived, "The key file of this backup"), manifest):
        raise OperationRefused(
            "The keys in this backup do not open its secrets: put the right key file at "
            f"{place}, or its key into ENCRYPTION_KEY, and try again."
        )
    return archived


def opens(ring: KeyRing, manifest: Manifest) -> bool:
    if manifest.canary is None:
        return True
    try:
        Cipher(ring).check_canary(manifest.canary)
    except KeyUnreadable:
        return False
    return True


def _ring(text: str, name: str) -> KeyRing:
    try:
        return KeyRing.parse_file(text, name)
    except SettingsError as error:
        raise OperationRefused(str(error)) from None
