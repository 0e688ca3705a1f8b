"""ComfyUI generations: from the request to the kept picture."""
