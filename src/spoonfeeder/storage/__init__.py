"""Files kept with us: where they lie, what they are, and their thumbnails."""
