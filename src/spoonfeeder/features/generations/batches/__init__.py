"""Generations that are asked for as one: variations of one, and sweeps over parameters."""
