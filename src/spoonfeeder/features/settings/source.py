"""What a call finds in the settings of a provider."""

from dataclasses import dataclass, field

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.settings import secret, service
from spoonfeeder.work import Work


@dataclass(frozen=True, slots=True)
class KeptSetting:
    """`url` None is the provider's own address."""

    provider: Provider
    url: str | None
    api_key: str | None = field(repr=False)
    default_model: str | None


async def find_setting(work: Work, provider: Provider) -> KeptSetting | None:
    """Those of the workspace; None where nothing is set. Raises KeyUnreadable."""
    row = await service.find(work, provider)
    if row is None:
        return None
    return KeptSetting(provider, row.endpoint_url, secret.unseal(work.runtime.cipher, row), row.default_model)
