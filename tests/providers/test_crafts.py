"""Who makes what: each craft that a provider is said to have is there, and the adapters tell of the same."""

from itertools import product
from typing import Any

import pytest

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.base import Capability, Connection
from spoonfeeder.providers.errors import NotSupported
from spoonfeeder.providers.makers import crafts_of, is_remote, maker_class, remote_maker_class
from spoonfeeder.providers.media import Craft
from spoonfeeder.providers.registry import adapter_class

CAPABILITIES = {Craft.IMAGE: Capability.IMAGE, Craft.SPEECH: Capability.AUDIO, Craft.VIDEO: Capability.VIDEO}
WHOLE = ("make",)
REMOTE = ("start", "look", "collect", "cancel")


@pytest.mark.parametrize(("provider", "craft"), list(product(Provider, Craft)), ids=str)
def test_craft(provider: Provider, craft: Craft, http: Any) -> None:
    if craft not in crafts_of(provider):
        for find in (maker_class, remote_maker_class):
            with pytest.raises(NotSupported, match=f"{provider} does not offer {craft.replace('_', ' ')}"):
                find(provider, craft)
        return
    remote = is_remote(provider, craft)
    kind: Any = (remote_maker_class if remote else maker_class)(provider, craft)
    made = kind(Connection(provider, "http://127.0.0.1:9", "k"), http)
    assert made.DEFAULT_MODEL
    assert all(callable(getattr(made, name)) for name in (REMOTE if remote else WHOLE))


@pytest.mark.parametrize("provider", [each for each in Provider if each is not Provider.COMFYUI])
def test_adapters_tell_of_the_same(provider: Provider) -> None:
    made = {CAPABILITIES[craft] for craft in crafts_of(provider) if craft in CAPABILITIES}
    assert adapter_class(provider).capabilities & set(CAPABILITIES.values()) == made
