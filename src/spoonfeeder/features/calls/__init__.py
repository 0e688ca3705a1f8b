"""Calls to models: whom to ask with which key, again where that helps, counted and paid for."""
