"""Work that is queued for any provider: text, image, audio and video, with results that are kept."""
