"""Folders of sessions and conversations."""
