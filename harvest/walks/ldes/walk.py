"""Walking an event stream (LDES over TREE): page by page, the oldest first; a member is a version of a record.

A member's payload stands in the graph of its name (as ours does), or in the default graph. Pages that hold only what
was published before the last run are passed by. The stream tells its own deletions. Pages are read and judged by
harvest.walks.ldes.page; here a page that breaks a must is read as far as it can be.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec

from harvest.errors import BadStatus, Failed, Lost, Refused, TooMuch, Unreachable
from harvest.network.guard import shown, target
from harvest.walks import windows
from harvest.walks.ldes.document import ACCEPT, Document, read
from harvest.walks.ldes.page import LDES, TYPE, Member, Page, Relation, Stream, stream_of
from harvest.walks.walk import Around, Ended, Step, packed
from schemas.errors import Problem, Unreadable
from schemas.formats.amb.read import read_resource
from schemas.formats.format import Delivery
from schemas.formats.rdf import read as rdf_read

log = logging.getLogger(__name__)
AS: Final = "https://www.w3.org/ns/activitystreams#"
MOST_WAITING: Final = 100_000
MOST_STALE: Final = 300  # pages in a row that bring nothing new and lead to others: a stream that makes up addresses
MOST_TOLD: Final = 20  # pages that could not be read, told one by one
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Cursor(msgspec.Struct, frozen=True, tag="ldes", omit_defaults=True):
    """The pages still to be read, the next one first, and what the root said of the stream."""

    waiting: tuple[str, ...]
    stream: str = ""
    timestamp_path: str | None = None
    version_of_path: str | None = None
    delete: str = f"{AS}Delete"
    since: str | None = None
    newest: str | None = None
    last: str | None = None  # the newest member of the last run
    missing: tuple[str, ...] = ()  # pages that could not be read
    stale: int = 0  # pages that brought nothing new and led to others, since one that did


class _Version(NamedTuple):
    member: Member
    record: str
    deleted: bool

    @property
    def stamp(self) -> str | None:
        """The datestamp that its record gets."""
        return None if self.member.when is None else windows.written(self.member.when, "second")


def sifted(
    versions: Sequence[_Version], here: Mapping[str, str | None], last: str | None
) -> tuple[list[_Version], int]:
    """The versions that may be new, and how many others are here already; `here` has datestamps by record.

    Two runs overlap, so a run is told again what the last one took. An old version taken in again would undo a newer
    one until that comes by. Datestamps are whole seconds, so nothing is sure about the last second of the last run
    (`last`): more may have been published in it after the run.
    """
    news, same = [], 0
    for each in versions:
        stamp, known = each.stamp or "", here.get(each.record) or ""
        if each.stamp is None or known < stamp or (known == stamp and stamp >= (last or "")):
            news.append(each)
        elif known == stamp:
            same += 1
    return news, same


class LdesWalk:
    """One event stream."""

    def __init__(self, around: Around) -> None:
        self.around = around
        self._visited: set[str] = set()
        self._came: set[int] = {hash(())}  # the members of a page, by page

    def begin(self) -> Step:
        last = self.around.state("").since
        since = windows.since(last, self.around.overlap_s, "second")
        document = self._page(self.around.source.url)
        stream, _ = stream_of(document.graph, document.url)
        if stream is not None and stream.root != document.url:
            document = self._page(stream.root)
            stream, _ = stream_of(document.graph, document.url)
        if stream is None:
            raise Failed(f"{self.around.source.url} is no root of an event stream: it names no tree:view.")
        paths = (stream.timestamp_path, stream.version_of_path)
        cursor = Cursor((stream.root,), stream.iri, *paths, _delete_of(document.graph, stream), since, last, last)
        return Step(packed(cursor), response_date=self.around.now())

    def step(self, cursor: bytes) -> Step:
        at = msgspec.json.decode(cursor, type=Cursor)
        address, rest = at.waiting[0], at.waiting[1:]
        stream = Stream(at.stream, self.around.source.url, at.timestamp_path, at.version_of_path)
        try:
            document = self._page(address, stream)
            page = document.page(stream)
        except (Failed, Refused) as error:
            return self._without(at, address, str(error))
        except Lost as error:
            if _host(address) == _host(self.around.source.url):
                raise
            return self._without(at, address, str(error))  # another host, which may never come back
        self._visited |= {address, document.url}
        following = [node for node in self._nodes(page, at.since) if node not in self._visited and node not in rest]
        if len(following) + len(rest) > MOST_WAITING:
            raise Failed(f"{self.around.source.url} leads to more than {MOST_WAITING} pages at once.")
        at, following = self._led_on(at, page, following)
        versions = self._versions(document.graph, page, at)
        newest = max((each.member.when for each in versions if each.member.when), default=None)
        before, now = windows.moment(at.newest), windows.moment(self.around.now())
        newest = min(newest, now) if newest and now else newest  # the next run goes on from there: no date to come
        if newest is not None and (before is None or newest > before):
            at = msgspec.structs.replace(at, newest=windows.written(newest, "second"))
        after = msgspec.structs.replace(at, waiting=(*following, *rest))
        news, same = sifted(versions, self.around.stamps([each.record for each in versions]), at.last)
        deliveries = [one for each in news for one in self._delivery(document, each)]
        return Step(packed(_done(after)), lambda: deliveries, unchanged=same)

    def _led_on(self, at: Cursor, page: Page, following: list[str]) -> tuple[Cursor, list[str]]:
        """Follow a page no further where too many in a row brought nothing new: it might go on for ever."""
        came = hash(tuple(each.iri for each in page.members))
        if came not in self._came:
            self._came.add(came)
            return msgspec.structs.replace(at, stale=0), following
        if not following:
            return at, following
        if at.stale < MOST_STALE:
            return msgspec.structs.replace(at, stale=at.stale + 1), following
        why = f"The stream was followed no further than {shown(page.url)}: {MOST_STALE} pages brought nothing new."
        return msgspec.structs.replace(at, missing=(*at.missing, why)[:MOST_TOLD], stale=0), []

    def _without(self, at: Cursor, address: str, why: str) -> Step:
        """Go on past a page that cannot be had; raises Failed for the root, without which there is nothing."""
        if address in (at.stream, self.around.source.url) or not self._visited:
            raise Failed(why)
        self._visited.add(address)
        missing = (*at.missing, f"A page of the stream is missing: {why}")[:MOST_TOLD]
        return Step(packed(_done(msgspec.structs.replace(at, waiting=at.waiting[1:], missing=missing))))

    def close(self) -> None:
        """Nothing is held open."""

    def _page(self, address: str, stream: Stream | None = None) -> Document:
        """A page, read; raises Lost, Failed."""
        try:
            answer = self.around.guest.get(address, {"Accept": ACCEPT})
        except (Unreachable, BadStatus, TooMuch) as error:
            raise Lost(str(error)) from error
        if answer.status != 200:
            raise Failed(f"{shown(address)} answered with HTTP {answer.status}.{answer.detour}")
        try:
            return read(answer, stream)
        except Unreadable as error:
            raise Failed(f"{shown(address)} cannot be read: {error.message}") from error
        except Exception as error:
            log.exception("a page could not be read", extra={"url": address[:300]})
            raise Failed(f"{shown(address)} cannot be read ({type(error).__name__}).") from error

    @staticmethod
    def _nodes(page: Page, since: str | None) -> list[str]:
        """The pages that a page leads to, the oldest first, without those that hold nothing new."""
        bound = windows.moment(since)
        told: dict[str, list[Relation]] = {}
        for each in page.relations:
            told.setdefault(each.node, []).append(each)
        new = {node: each for node, each in told.items() if not any(_is_past(one, bound) for one in each)}
        return sorted(new, key=lambda node: (_begins(new[node]), node))

    def _versions(self, graph: Any, page: Page, at: Cursor) -> list[_Version]:
        """The newest version of each record among the members of a page, the oldest first."""
        from rdflib import URIRef  # noqa: PLC0415 - only streams need it

        path = at.version_of_path or f"{AS}object"
        found: dict[str, _Version] = {}
        for member in sorted(page.members, key=lambda one: (one.when or _NEVER, _order(one.iri))):
            node = URIRef(member.iri)
            record = next(iter(graph.objects(node, URIRef(path))), node)
            deleted = (node, URIRef(TYPE), URIRef(at.delete)) in graph
            found.pop(str(record), None)
            found[str(record)] = _Version(member, str(record), deleted)
        return list(found.values())

    def _delivery(self, document: Document, version: _Version) -> Iterator[Delivery]:
        """What a version delivers: a record under the name of what it is a version of, or its deletion."""
        common: dict[str, Any] = {"identifier": version.record, "datestamp": version.stamp, "place": version.member.iri}
        if version.deleted:
            yield Delivery(format="rdf", deleted=True, **common)
            return
        try:
            payload = document.payload(version.member.iri)
            common["source_bytes"] = payload.source
            node = _described(payload.graph, version)
            common["reading"] = read_resource(node, self.around.vocabularies)
        except Unreadable as error:
            common["problems"] = (Problem("", error.code, error.message),)
        except Exception as error:
            log.exception("a member could not be read", extra={"place": version.member.iri[:300]})
            common["problems"] = (Problem("", "unreadable", f"It cannot be read ({type(error).__name__})."),)
        yield Delivery(format="rdf", **common)


def _host(address: str) -> str | None:
    found = target(address)
    return None if found is None else found.host


def _done(at: Cursor) -> Cursor | Ended:
    """The cursor, or the end where no page waits any more."""
    return at if at.waiting else Ended(since=None if at.missing else at.newest, missing=at.missing)


def _described(graph: Any, version: _Version) -> Any:
    """The node of the record that a version is of; raises Unreadable."""
    nodes = dict(rdf_read.resources(graph))
    node = nodes.get(version.record) or nodes.get(version.member.iri) or _only(nodes)
    if node is None:
        raise Unreadable("unknown_format", "The member describes no learning resource.")
    return node


def _only(nodes: dict[str, Any]) -> Any:
    return next(iter(nodes.values())) if len(nodes) == 1 else None


def _delete_of(graph: Any, stream: Stream) -> str:
    from rdflib import URIRef  # noqa: PLC0415

    told = next(iter(graph.objects(URIRef(stream.iri), URIRef(f"{LDES}versionDeleteObject"))), None)
    return f"{AS}Delete" if told is None else str(told)


def _is_past(relation: Relation, since: datetime | None) -> bool:
    """Whether all that stands behind a relation is older than `since`."""
    if relation.bound is None or since is None:
        return False
    return relation.bound <= since if relation.kind == "LessThan" else (
        relation.bound < since if relation.kind in ("LessThanOrEqualTo", "EqualTo") else False
    )  # fmt: skip


def _begins(relations: list[Relation]) -> datetime:
    """The time at which the members of a page begin."""
    bounds = [one.bound for one in relations if one.bound and one.kind.startswith(("GreaterThan", "EqualTo"))]
    return max(bounds, default=_NEVER)


def _order(iri: str) -> tuple[int, str]:
    """What members of the same second are sorted by: the number at the end of their name, if there is one."""
    last = iri.rpartition("/")[2]
    return (int(last) if last.isascii() and last.isdigit() and len(last) < 30 else 0, iri)
