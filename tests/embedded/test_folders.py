import multiprocessing
import os
from pathlib import Path

import pytest

from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.folders import (
    SOCKET_PATH_BYTES,
    HomeTaken,
    lock_home,
    open_home,
    open_log,
    own_private_folder,
    socket_folder,
)


def test_the_home_can_be_crossed_but_not_listed_by_others(tmp_path: Path) -> None:
    home = open_home(tmp_path / "new" / "home")

    assert home.stat().st_mode & 0o777 == 0o711


def test_a_home_that_cannot_be_made_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StartError, match=r"SPOONFEEDER_HOME=.*file/home cannot be used: Not a directory\."):
        open_home(tmp_path / "file" / "home")


def test_a_home_is_held_by_one_process_and_free_after_it(tmp_path: Path) -> None:
    sentence = rf"already runs on {tmp_path} \(process {os.getpid()}\)"
    with lock_home(tmp_path), pytest.raises(HomeTaken, match=sentence):
        lock_home(tmp_path)
    with lock_home(tmp_path):
        pass


def test_a_home_is_free_when_its_holder_was_killed(tmp_path: Path) -> None:
    holder = multiprocessing.get_context("fork").Process(target=_hold_and_die, args=(tmp_path,))
    holder.start()
    holder.join()

    with lock_home(tmp_path):
        pass


def _hold_and_die(home: Path) -> None:
    file = lock_home(home)
    os.kill(os.getpid(), 9)
    file.close()


@pytest.mark.parametrize("name", ["x" * 120, "with space", "with?mark", "ünïcode"])
def test_sockets_move_to_a_short_plain_folder_where_needed(tmp_path: Path, name: str) -> None:
    folder = socket_folder(tmp_path / name)

    assert folder.parent == Path("/tmp")
    assert folder == socket_folder(tmp_path / name)
    assert folder != socket_folder(tmp_path / f"{name}2")
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES


def test_sockets_stay_at_home_where_they_fit() -> None:
    assert socket_folder(Path("/var/lib/spoonfeeder/run")) == Path("/var/lib/spoonfeeder/run")


def test_a_link_in_place_of_the_socket_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StartError, match="belongs to somebody else"):
        own_private_folder(tmp_path / "sockets")


def test_a_grown_log_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "server.log"
    with open_log(path) as log:
        log.write(b"x" * 6_000_000)
    with open_log(path) as log:
        log.write(b"new")

    assert path.read_bytes() == b"new"
    assert path.with_suffix(".old").stat().st_size == 6_000_000
