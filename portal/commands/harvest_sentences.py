"""How the command line speaks of sources, runs and the quarantine: plain lines, no colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from schemas.datestamp import utc_datestamp

if TYPE_CHECKING:
    from harvest.quarantine import Held
    from harvest.run_rows import Run
    from harvest.source_account import Account

_HEAD: Final = ("name", "state", "records", "quarantined", "last good run", "next run", "address")
_MOST_SHOWN: Final = 100_000


def is_good(run: Run) -> bool:
    """Whether a run brought everything and nothing was rejected."""
    return run.state == "complete" and run.rejected == 0


def told(run: Run, *, many: bool) -> Iterator[str]:
    """What somebody should know of a run that has ended."""
    if many or run.state != "complete":
        counts = ", ".join(f"{name} {count}" for name, count in run.counts.items() if count) or "nothing came"
        yield f"{run.source}: {run.state} ({counts})"
    for note in run.notes:
        yield f"{run.source}: {note}"
    for code, each in sorted(run.codes.items(), key=lambda item: -item[1].count):
        yield f"{run.source}: rejected {each.count} as {code}, the first {each.sample}: {each.reason}"


def table(found: Sequence[Account]) -> Iterator[str]:
    """A line per source, in columns."""
    rows = [_HEAD, *map(_row, found)] if found else []
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEAD))] if rows else []
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(account: Account) -> tuple[str, ...]:
    return (
        account.source.name,
        account.state,
        str(account.alive),
        str(sum(account.quarantined.values())),
        utc_datestamp(account.good.began) if account.good else "never",
        _next(account),
        account.source.url,
    )


def _next(account: Account) -> str:
    return "by command" if account.next_at is None else utc_datestamp(account.next_at)


def shown(account: Account) -> Iterator[str]:
    """Everything about one source."""
    source, last = account.source, account.last
    yield f"{source.name}: {source.title}" if source.title else source.name
    for name in ("kind", "url", "prefix", "set", "mapping", "licence", "publish", "schedule", "contact"):
        value = getattr(source, name)
        if value:
            yield f"  {name:12} {value}"
    yield f"  {'state':12} {account.state}"
    yield f"  {'records':12} {account.alive}"
    yield f"  {'last good':12} {utc_datestamp(account.good.began) if account.good else 'never'}"
    yield f"  {'next run':12} {_next(account)}"
    if account.waiting:
        yield f"  {'waiting':12} {account.waiting} deletions"
    if last is not None:
        yield from _last_run(account, last)
    if account.quarantined:
        yield f"quarantine (oerbron harvest quarantine {source.name}):"
        yield from (f"  {count:6} {code}" for code, count in account.quarantined.items())


def _last_run(account: Account, last: Run) -> Iterator[str]:
    ended = f" to {utc_datestamp(last.ended)}" if last.ended else f", last sign {utc_datestamp(last.beat)}"
    resumed = f", taken up {last.resumed} times" if last.resumed else ""
    yield f"last run, {account.state}, {utc_datestamp(last.began)}{ended}{resumed}:"
    yield "  " + ", ".join(f"{name} {count}" for name, count in last.counts.items())
    for note in last.notes:
        yield f"  {note}"
    for code, each in sorted(last.codes.items(), key=lambda item: -item[1].count):
        yield f"  rejected {each.count} as {code}, the first {each.sample}: {each.reason}"


def quarantined(row: Held) -> str:
    """A row of the quarantine in one line."""
    return f"{row.id}  {row.identifier or row.name}  {row.code}  ({row.place})  {row.reason}"


def quarantined_whole(row: Held) -> Iterator[str]:
    """A row with its bytes as numbered lines, the faulty line marked."""
    from harvest.quarantine import fault_line  # noqa: PLC0415

    yield f"number      {row.id}"
    yield f"identifier  {row.identifier or '(none)'}"
    yield f"datestamp   {row.datestamp or '(none)'}"
    yield f"code        {row.code}"
    yield f"reason      {row.reason}"
    yield f"place       {row.place}"
    yield f"came        {utc_datestamp(row.first_at)}, last {utc_datestamp(row.at)}, {row.tries} times"
    yield f"bytes       {len(row.data)}"
    fault = fault_line(row)
    text = row.data[:_MOST_SHOWN].decode("utf-8", "backslashreplace")
    for number, line in enumerate(text.split("\n"), 1):
        safe = "".join(char if char >= " " or char == "\t" else f"\\x{ord(char):02x}" for char in line)
        yield f"{'>' if number == fault else ' '}{number:5} {safe}"
    if len(row.data) > _MOST_SHOWN:
        yield f"... {len(row.data) - _MOST_SHOWN} more bytes; --export writes all"
