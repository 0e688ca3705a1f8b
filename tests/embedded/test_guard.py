import os
import signal
import subprocess
import sys
from pathlib import Path

from spoonfeeder.embedded import guard
from tests.embedded.processes import is_running, wait_for

OWNER = """
import subprocess, sys, time, signal
from spoonfeeder.embedded.guard import Guard
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
Guard().watch(child.pid, signal.SIGKILL)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_what_the_guard_watches_dies_with_its_owner() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    assert is_running(child)

    owner.kill()
    owner.communicate()

    wait_for(lambda: not is_running(child), 30)


def test_a_process_that_leads_no_session_of_its_own_is_spared() -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        guard.wait_for_the_end([f"{stranger.pid} {int(signal.SIGKILL)}\n"])

        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_process_that_is_gone_already_is_no_error(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"], start_new_session=True)
    ended.wait()

    guard.wait_for_the_end([f"{ended.pid} {int(signal.SIGKILL)}\n"])

    assert not is_running(ended.pid)
    assert is_running(os.getpid())
