"""Spoon Feeder: one door to your AI providers."""

__version__ = "0.1.0"
