"""Somebody who has not proved yet who they are: what a transaction and a login session say of them."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from spoonfeeder.core.actor import NO_WORKSPACE, User
from spoonfeeder.core.redaction import escape_controls


@dataclass(frozen=True, slots=True)
class Visitor:
    peer: str | None = None
    user_agent: str | None = None

    @property
    def actor(self) -> User:
        """Nobody, in no workspace, from this address."""
        return User(NO_WORKSPACE, peer=self.peer)


def visitor_of(connection: HTTPConnection) -> Visitor:
    agent = connection.headers.get("user-agent")
    return Visitor(
        peer=connection.client.host[:64] if connection.client else None,
        user_agent=escape_controls(agent)[:255] if agent else None,
    )
