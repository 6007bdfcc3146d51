"""What a verb is given: one lawful request, the context it was sent to, and the snapshot that answers it.

Everything in an answer comes from one snapshot, responseDate included (design.md, 2, invariant 4). What any verb may
have to refuse is here too: a token of another list, and a view that is not filled yet.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from provider import tokens
from provider.arguments import TOKEN, Arguments
from provider.errors import BadResumptionToken, NoRecordsMatch, Refused, Unavailable
from provider.tokens import Token
from repository.contexts.contexts import Context
from repository.published import Snapshot
from repository.site import Site

AGAIN_S: Final = 30  # until something that is being prepared may be asked for again


class Openings:
    """Which views and contexts are filled; what was found is kept for one W, so that a page costs no extra read.

    A view closes again when another process publishes without it (repository.publishing.opening), so nothing is kept
    for longer.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, int]] = {}

    def require(self, line: Snapshot, name: str) -> None:
        """Raise Unavailable while a view or context is being filled, Refused when nothing was ever published."""
        now = (line.epoch, line.w)
        if self._seen.get(name) == now:
            return
        if line.is_open(name):
            self._seen[name] = now
        elif line.list_id() is None:
            raise Refused(NoRecordsMatch("Nothing has been published yet."))
        else:
            raise Unavailable("This part of the repository is being prepared.", AGAIN_S)


class Asked(NamedTuple):
    """One lawful request."""

    site: Site
    context: Context
    arguments: Arguments
    line: Snapshot
    openings: Openings

    @property
    def given_token(self) -> Token | None:
        """The token that came along, None when the list begins; raises Refused or Unavailable if it is of no use."""
        text = self.arguments.get(TOKEN)
        if text is None:
            return None
        token = tokens.read(text, self.site.secrets)
        if token is None:
            raise Refused(BadResumptionToken("This is no token of this repository, or it was cut off or altered."))
        self._refuse_foreign(token)
        return token

    def _refuse_foreign(self, token: Token) -> None:
        if token.verb != self.arguments.verb:
            raise Refused(BadResumptionToken(f"This token belongs to {token.verb}."))
        if token.context != self.context.name:
            raise Refused(BadResumptionToken("This token belongs to another base URL of this repository."))
        if token.epoch != self.line.epoch:
            raise Refused(BadResumptionToken("The repository was restored since this list began; begin it again."))
        if token.w > self.line.w:
            raise Unavailable("This server lags behind the one that gave the token.", AGAIN_S)


def base_url(site: Site, context: Context) -> str:
    """The base URL of a context; from the configuration, never from the request."""
    return site.url(f"/oai/{context.name}" if context.name else "/oai")
