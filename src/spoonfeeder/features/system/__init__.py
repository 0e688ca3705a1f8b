"""Health, work in progress, figures."""
