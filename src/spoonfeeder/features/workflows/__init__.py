"""Stored ComfyUI workflows."""
