"""Slow upkeep of kept files; removing them comes last, when the rows of the other chores are gone."""

from spoonfeeder.features.media.census import look_after_files
from spoonfeeder.features.media.removal import remove_files
from spoonfeeder.features.media.unused import hide_unused

CHORES = (hide_unused, look_after_files, remove_files)
