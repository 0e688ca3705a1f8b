"""What ComfyUI would refuse of a graph, and why, found without asking it."""
