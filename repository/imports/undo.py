"""Undoing an import that was applied, the last row first, in transactions of at most 500 rows, all public at once.

Like applying it goes on where it stopped, and two at once do not undo twice. What somebody changed since is left, and
its row says so (curation.md). `undo` decides; this module looks up and writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, text

from repository.accounts.policy import Actor, may_ask
from repository.deposit.arrival import may_edit
from repository.deposit.delivery import PORTION
from repository.errors import Refused
from repository.imports import batch as batches
from repository.imports.staging import Overtaken, Released, Tell, find, finish
from repository.imports.undo_decision import Content, Trace, numbers, taken_back, unpacked
from repository.publishing.outbox import BULK
from repository.records import lookup
from repository.records import writing as ledger
from repository.records.change import Change, Judged, Known
from repository.records.writing import Pen
from repository.site import Site
from repository.storage.database import many, select_in

_ROWS: Final = text(
    "SELECT n, uuid, before FROM batch_row WHERE batch = :id AND before IS NOT NULL AND undone IS NULL"
    " ORDER BY n DESC LIMIT :most"
)
_MARK: Final = "UPDATE batch_row SET undone = ? WHERE batch = ? AND n = ?"
_LEAVE: Final = "UPDATE batch_row SET undone = 'left', code = ?, reason = ? WHERE batch = ? AND n = ?"
_CONTENTS: Final = "SELECT record, n, tree, warnings, completeness FROM revision WHERE (record, n) IN (VALUES ...)"
_DIGESTS: Final = "SELECT key, digest FROM origin WHERE source = ? AND key IN (...)"
_CHANGED: Final = ("changed_since", "Somebody changed the record since the import; it was left as it is.")
_FORBIDDEN: Final = ("forbidden", "Your account may not change this record; it was left as it is.")


class _Step(NamedTuple):
    """A row to undo, and what is known of its record; `change` None leaves it."""

    n: int
    trace: Trace
    known: Known
    why: tuple[str, str] | None
    change: Change | None


def undo(site: Site, actor: Actor, id_: str, most: int = PORTION, tell: Tell | None = None) -> Released:
    """Take a batch back, or go on where that stopped; raises NotFound, Forbidden, Refused (it was never applied).

    When another process is at it, its work is left to it: the batch comes back as it stands, `undoing`.
    """
    may_ask(actor, "change_batch")
    find(site, actor, id_)
    with site.database.write() as connection:
        begun = batches.move(connection, id_, ("applying", "applied", "undoing"), "undoing")
    if not begun:
        batch = find(site, actor, id_)
        if batch.state == "undone":
            return Released(batch)
        raise Refused("The import was not applied; there is nothing to undo.")
    try:
        while count := _portion(site, actor, id_, most):
            if tell is not None:
                tell(count)
    except Overtaken:
        return Released(find(site, actor, id_))
    after, upto = finish(site, id_, "undoing", "undone")
    return Released(find(site, actor, id_), after, upto)


def _portion(site: Site, actor: Actor, id_: str, most: int) -> int:
    """Undo the last rows that are not undone yet, each record once; how many there were."""
    with site.database.read() as connection:
        rows = _last(connection.execute(_ROWS, {"id": id_, "most": min(most, PORTION)}).all())
        first = _known(connection, rows)
        steps = _plan(site, connection, actor, rows, first)
    if not rows:
        return 0
    now = int(site.clock.now())
    with site.database.write() as connection:
        again = _known(connection, rows, locked=True)
        if again != first:
            steps = _plan(site, connection, actor, rows, again)
        if not batches.hold(connection, id_, "undoing", "undone", [n for n, _, _ in rows]):
            raise Overtaken
        ledger.write(connection, [step.change for step in steps if step.change], Pen(now, actor.by, BULK, id_))
        many(connection, _MARK, [(_became(step), id_, step.n) for step in steps if step.change])
        many(connection, _LEAVE, [(*step.why, id_, step.n) for step in steps if step.why])
    return len(rows)


def _last(rows: Sequence[Any]) -> list[tuple[int, str, Trace]]:
    """The rows up to one that concerns a record that is among them already: a transaction changes a record once."""
    seen: set[str] = set()
    chosen: list[tuple[int, str, Trace]] = []
    for n, uuid, before in rows:
        if uuid in seen:
            break
        seen.add(uuid)
        chosen.append((n, uuid, unpacked(before)))
    return chosen


def _known(connection: Connection, rows: Sequence[tuple[int, str, Trace]], *, locked: bool = False) -> dict[str, Known]:
    return {each.head.uuid: each for each in lookup.by_uuid(connection, [uuid for _, uuid, _ in rows], locked=locked)}


def _plan(
    site: Site, connection: Connection, actor: Actor, rows: Sequence[tuple[int, str, Trace]], known: dict[str, Known]
) -> list[_Step]:
    now = int(site.clock.now())
    wanted = [(trace.after.id, n) for _, _, trace in rows for n in numbers(trace)]
    contents, digests = _contents(connection, wanted), _digests(connection, [trace for _, _, trace in rows])
    steps = []
    for n, uuid, trace in rows:
        each = known[uuid]
        if not may_edit(actor, each.head):
            steps.append(_Step(n, trace, each, _FORBIDDEN, None))
            continue
        digest = digests.get(trace.origin) if trace.origin is not None else None
        change = taken_back(trace, each, digest, contents.get(each.head.id, {}), now)
        steps.append(_Step(n, trace, each, _CHANGED if change is None else None, change))
    return steps


def _contents(connection: Connection, wanted: Sequence[tuple[int, int]]) -> dict[int, dict[int, Content]]:
    """Revisions by record and number."""
    found: dict[int, dict[int, Content]] = {}
    mark = "(?, ?)" if connection.dialect.name == "sqlite" else "(%s, %s)"
    for start in range(0, len(wanted), 200):
        portion = wanted[start : start + 200]
        statement = _CONTENTS.replace("...", ", ".join([mark] * len(portion)))
        values = tuple(value for pair in portion for value in pair)
        for record, n, tree, warnings, completeness in connection.exec_driver_sql(statement, values):
            content = Content(None if tree is None else bytes(tree), Judged(warnings, completeness))
            found.setdefault(record, {})[n] = content
    return found


def _digests(connection: Connection, traces: Sequence[Trace]) -> dict[tuple[str, str], bytes | None]:
    """The digests of what the origins hold now."""
    keys: dict[str, list[str]] = {}
    for trace in traces:
        if trace.origin is not None:
            keys.setdefault(trace.origin[0], []).append(trace.origin[1])
    return {
        (source, key): None if digest is None else bytes(digest)
        for source, wanted in keys.items()
        for key, digest in select_in(connection, _DIGESTS, wanted, source)
    }


def _became(step: _Step) -> str:
    return "deleted" if step.trace.before is None else "restored"
