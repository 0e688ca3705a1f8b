"""Workflows inside the files that people have: read out of pictures, videos and sounds, and written into pictures."""
