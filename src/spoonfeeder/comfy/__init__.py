"""Everything about ComfyUI: graphs, parameters, and the client that submits and follows them. No database, no web."""
