"""ComfyUI sessions."""
