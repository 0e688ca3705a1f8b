"""The demo profile: the bundled simulator, known by its id."""

from uuid import UUID

DEMO_PROFILE_ID = UUID("00000000-0000-0000-0000-0000000000d0")
