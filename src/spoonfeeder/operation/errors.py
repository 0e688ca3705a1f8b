"""Why a backup was not made or not restored."""


class OperationRefused(Exception):
    """The message is one sentence that a person can act on."""


class ArchiveDamaged(OperationRefused):
    """The file is no backup of ours, ends too early, or is not as it was written."""
