"""Slow upkeep: logins and API keys that nobody can use any more."""

from sqlalchemy import delete, func, or_, text

from spoonfeeder.db.access import ApiKey, LoginSession
from spoonfeeder.work import Work

KEPT = text("interval '30 days'")
"""How long one can still look up what was revoked, or an API key that expired."""


async def purge_logins(work: Work) -> None:
    """With their refresh tokens."""
    is_over = or_(LoginSession.expires_at < func.now(), LoginSession.revoked_at < func.now() - KEPT)
    await work.session.execute(delete(LoginSession).where(is_over))


async def purge_api_keys(work: Work) -> None:
    is_over = or_(ApiKey.revoked_at < func.now() - KEPT, ApiKey.expires_at < func.now() - KEPT)
    await work.session.execute(delete(ApiKey).where(is_over))


CHORES = (purge_logins, purge_api_keys)
