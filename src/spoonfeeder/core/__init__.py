"""Words, settings, errors, schemas and secrets that every layer shares."""
