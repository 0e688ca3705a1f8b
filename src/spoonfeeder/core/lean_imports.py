"""Libraries imported without what they would take in only because it is installed; that is 15 MB of memory."""

import sys
from importlib import import_module
from typing import Any, cast


def import_without(library: str, *unused: str) -> None:
    """To be called before anything else imports `library`, which for good takes `unused` as not installed.

    Whoever imports one of these afterwards gets it.
    """
    modules = cast("dict[str, Any]", sys.modules)
    hidden = [name for name in unused if name not in modules]
    for name in hidden:
        modules[name] = None  # Python then raises ModuleNotFoundError (importlib, "The import system")
    try:
        import_module(library)
    finally:
        for name in hidden:
            del modules[name]
