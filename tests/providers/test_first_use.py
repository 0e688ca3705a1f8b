"""The SDKs cost a second and 150 MB: a process that needs none must not load them."""

import subprocess
import sys

HEAVY = ("openai", "anthropic", "google.genai")


def test_application_starts_without_the_sdks() -> None:
    script = f"import sys, spoonfeeder.app; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_what_an_sdk_brings_is_not_looked_through_for_garbage() -> None:
    script = (
        "import gc\n"
        "from spoonfeeder.providers.registry import Provider, first_imported\n"
        "first_imported(Provider.OPENAI)\n"
        "print(gc.get_freeze_count() > 10 * len(gc.get_objects()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "True"
