"""The SDKs cost a second and 150 MB: a process that needs none must not load them."""

import subprocess
import sys

HEAVY = ("openai", "anthropic", "google.genai")


def test_application_starts_without_the_sdks() -> None:
    script = f"import sys, spoonfeeder.app; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
