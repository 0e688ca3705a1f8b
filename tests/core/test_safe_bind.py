"""Nobody is let in by surprise: what would be open to the network does not start (R42)."""

import pytest

from spoonfeeder.core.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"host": "0.0.0.0"}, "TRUSTED_NETWORK"),
        ({"host": "192.0.2.7"}, "HOST=192.0.2.7"),
    ],
)
def test_an_open_door_does_not_start(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.model_validate(wrong).require_safe_bind()


@pytest.mark.parametrize(
    "right",
    [
        {"host": "127.0.0.1"},
        {"host": "::1"},
        {"host": "0.0.0.0", "trusted_network": True},
        {"host": "0.0.0.0", "auth": "required"},
    ],
)
def test_this_machine_alone_a_trusted_network_or_people_who_sign_in_start(right: dict[str, str]) -> None:
    Settings.model_validate(right).require_safe_bind()
