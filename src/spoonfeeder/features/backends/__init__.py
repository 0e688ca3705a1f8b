"""The ComfyUI machines of a profile: how they are, what runs where."""
