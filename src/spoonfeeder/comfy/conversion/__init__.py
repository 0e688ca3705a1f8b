"""From a workflow as ComfyUI's editor saves it to the API graph that its server runs."""
