import os
import signal
from pathlib import Path

import pytest
from redis import Redis

from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.redis import EmbeddedRedis


def test_entries_outlive_a_stop_and_a_kill(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server, Redis.from_url(server.url) as client:
        client.set("kept", "yes")
        os.kill(server.pid, signal.SIGKILL)
    with EmbeddedRedis(tmp_path) as server, Redis.from_url(server.url) as client:
        assert client.get("kept") == b"yes"


def test_it_never_evicts_and_listens_on_its_socket_alone(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server, Redis.from_url(server.url) as client:
        settings = client.config_get("maxmemory-policy", "port", "appendonly", "appendfsync", "save")
        assert settings == {
            "maxmemory-policy": "noeviction",
            "port": "0",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
        }


def test_its_folder_and_socket_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    with EmbeddedRedis(folder, durable=False) as server:
        socket = Path(server.url.removeprefix("unix://").partition("?")[0])
        assert folder.stat().st_mode & 0o777 == 0o700
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        assert socket.stat().st_mode & 0o777 == 0o700


def test_a_server_that_cannot_start_names_its_log(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("not a folder")

    with pytest.raises(StartError, match=r"Redis did not start; .*redis.log says why"):
        EmbeddedRedis(tmp_path).start()
