"""Generations as one ZIP: their files, their graphs and a manifest, written while it is read."""
