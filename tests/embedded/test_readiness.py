import socket

import pytest

from spoonfeeder.core.settings import Settings
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.readiness import free_port, is_ready, local_address, require_free
from tests.fixtures.ports import kept_port


def test_a_taken_port_ends_with_a_sentence_that_offers_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(
            StartError, match=rf"Port {port} on 127\.0\.0\.1 cannot be used .* e\.g\. PORT={port + 1}\."
        ):
            require_free("127.0.0.1", port)


def test_a_free_port_is_free() -> None:
    with kept_port() as port:
        assert free_port("127.0.0.1", port) == port
        require_free("127.0.0.1", port)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) not in {0, port}


@pytest.mark.parametrize(("host", "reached_at"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("127.0.0.1", "127.0.0.1")])
def test_the_api_is_asked_on_this_machine_wherever_it_listens(host: str, reached_at: str) -> None:
    assert local_address(Settings(host=host, port=4000)) == (reached_at, 4000)


def test_nobody_there_is_not_ready() -> None:
    with kept_port() as port:
        assert is_ready(Settings(host="127.0.0.1", port=port)) is False
