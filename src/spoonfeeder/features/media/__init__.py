"""Files kept with us: outputs, thumbnails, uploads."""
