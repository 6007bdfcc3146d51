"""ListRecords and ListIdentifiers (OAI-PMH 2.0, 4.5 and 4.3; 3.5, flow control): keyset pages of stored bytes.

A list is not pinned: it is read by position, and a record that changes while somebody pages moves ahead of the
cursor, so nothing is missed and nothing comes twice unless it changed (design.md, 2, invariant 2). Dates become
bounds of positions by arithmetic. No page is ever empty.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from provider import response, tokens
from provider.arguments import Arguments
from provider.errors import BadResumptionToken, CannotDisseminateFormat, NoRecordsMatch, ProtocolError, Refused
from provider.tokens import Token
from provider.verb_request import Asked
from repository.published import ORDINALS, Row, position_of

ENDLESS_S: Final = 6 * 3600  # an older list ends at the W of its first page, so it ends even under endless writes


class _Page(NamedTuple):
    """Rows to give out, and the state of the list after them; `more` tells whether another page follows."""

    rows: list[Row]
    cursor: int
    total: int
    more: bool


def list_records(asked: Asked) -> list[bytes]:
    """4.5."""
    page, token = _taken(asked)
    return [b"<ListRecords>", *response.records(asked.context, page.rows), *_end(asked, page, token), b"</ListRecords>"]


def list_identifiers(asked: Asked) -> list[bytes]:
    """4.3; only records that exist in the format are listed."""
    page, token = _taken(asked)
    found = response.headers(asked.context, page.rows)
    return [b"<ListIdentifiers>", *found, *_end(asked, page, token), b"</ListIdentifiers>"]


def _taken(asked: Asked) -> tuple[_Page, Token]:
    """The page that was asked for, and the state of its list before it."""
    token = asked.given_token or _beginning(asked)
    context = asked.context
    if token.prefix not in context.formats:
        raise _refused(token, CannotDisseminateFormat(f'The format "{token.prefix}" is not given here.'))
    if token.spec and not context.offers(token.spec):
        raise _refused(token, NoRecordsMatch("There is no such set here."))
    if context.name:
        asked.openings.require(asked.line, f"context:{context.name}")
    asked.openings.require(asked.line, context.view(token.prefix))
    list_id = asked.line.list_id(context.name, token.spec, context.list_prefix(token.prefix))
    if list_id is None:
        raise _refused(token, NoRecordsMatch("There is no such set here, or no record in this format."))
    return _page(asked, list_id, token), token


def _refused(token: Token, error: ProtocolError) -> Refused:
    """The error of a first request; that of a later page was right when the list began, so its token is at fault."""
    return Refused(BadResumptionToken(f"{error.message} Begin the list again.") if token.total else error)


def _beginning(asked: Asked) -> Token:
    """The state of a list before its first page: `total` is 0 then, and only then."""
    arguments, line = asked.arguments, asked.line
    since, until = window(arguments)
    return Token(
        verb=arguments.verb, context=asked.context.name, prefix=arguments.given["metadataPrefix"],
        spec=arguments.get("set") or "", since=since, until=until, after=since, started=line.w, w=line.w, total=0,
        delivered=0, epoch=line.epoch,
    )  # fmt: skip


def window(arguments: Arguments) -> tuple[int, int | None]:
    """The positions that `from` and `until` mean: above the first, up to the second. Datestamps are even seconds."""
    since, until = -1, None
    if arguments.since is not None:
        first = arguments.since.first
        since = max(position_of(first + first % 2) - 1, -1)
    if arguments.until is not None:
        last = arguments.until.last
        until = position_of(last - last % 2, ORDINALS - 1)
    return since, until


def _page(asked: Asked, list_id: int, token: Token) -> _Page:
    line, size = asked.line, asked.site.config.oai.page_size
    view = asked.context.view(token.prefix) if token.verb == "ListRecords" else None
    top = _top(asked, token)
    rows = line.page(list_id, view, token.after, top, size + 1)
    if not rows:
        if not token.total:
            raise Refused(NoRecordsMatch("No record answers to from, until, set and metadataPrefix together."))
        # The other records moved on between two pages: the last one still here is given again, to end the list.
        last = line.last(list_id, view, top, above=token.since)
        if last is None:
            raise Refused(BadResumptionToken("Nothing is left of this list; begin it again."))
        rows = [last]
    more = len(rows) > size
    total = token.total or (line.count(list_id, token.since, top) if more else 0)
    rows = rows[:size]
    return _Page(rows, token.delivered, max(total, token.delivered + len(rows)), more)


def _top(asked: Asked, token: Token) -> int:
    """The last position of a list, as this snapshot has it."""
    tops = [asked.line.bound]
    if token.until is not None:
        tops.append(token.until)
    if asked.line.w - token.started > ENDLESS_S:
        tops.append(position_of(token.started, ORDINALS - 1))
    return min(tops)


def _end(asked: Asked, page: _Page, token: Token) -> list[bytes]:
    """The resumptionToken after a page: none for a list of one page, an empty one after the last of several."""
    if not page.more:
        return [response.token("", page.total, page.cursor)] if token.total else []
    following = Token(
        verb=token.verb, context=token.context, prefix=token.prefix, spec=token.spec, since=token.since,
        until=token.until, after=page.rows[-1].position, started=token.started, w=asked.line.w, total=page.total,
        delivered=page.cursor + len(page.rows), epoch=token.epoch,
    )  # fmt: skip
    return [response.token(tokens.write(following, asked.site.secret), page.total, page.cursor)]
