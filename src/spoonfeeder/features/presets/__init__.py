"""Parameters kept under a name."""
