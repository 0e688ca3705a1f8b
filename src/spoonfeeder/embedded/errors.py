"""What can keep `up` from starting or running."""


class StartError(Exception):
    """The system cannot start here; the message is one sentence that a person can act on."""
