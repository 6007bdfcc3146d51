"""`oerbron harvest`: sources added, followed, shown; their quarantine looked at and tried again (design.md, 4)."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click
import msgspec

from portal.commands import console, harvest_sentences
from repository.config.sections import KINDS, HarvestSource
from repository.outcome import OUTCOMES

if TYPE_CHECKING:
    from harvest.run_rows import Run
    from portal.commands.helper_process import Helper
    from repository.site import Site

_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def harvest() -> None:
    """Sources: other repositories whose records are brought in again and again."""


@harvest.command()
@click.argument("name")
@click.argument("url")
@click.option("--prefix", default="", help="Metadata prefix to ask for.  [default: the richest that is read here]")
@click.option("--set", "spec", default="", help="One set of it.  [default: everything]")
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True, help="What is at the address.")
@click.option(
    "--publish",
    type=click.Choice(["all", "without_warnings", "review"]),
    default="all",
    show_default=True,
    help="What becomes of its records.",
)
@click.option("--licence", default="", help="Licence (an address) of records that name none.")
@click.option("--schedule", default="24h", show_default=True, help="How often `serve` follows it; never: by command.")
@click.option("--overlap", default="1h", show_default=True, help="How far before its last run it is asked again.")
@click.option("--mapping", default="auto", show_default=True, help="The reader of its metadata: auto looks at them.")
@click.option("--granularity", default="", help="day or second.  [default: as the provider declares]")
@click.option("--deletes", default="follow", show_default=True, help="follow its deletions, or keep what it deletes.")
@click.option("--audit", default="auto", show_default=True, help="Look for lost deletions: auto, always or never.")
@click.option("--delay", "delay_s", type=float, default=0.0, show_default=True, help="Seconds between two requests.")
@click.option("--title", default="", help="What people call it.")
@click.option("--contact", default="", help="Who answers for it; shown to operators only.")
@click.pass_context
def add(context: click.Context, /, name: str, url: str, spec: str, **settings: Any) -> None:
    """Add the source NAME at URL, the base URL of an OAI-PMH provider unless --kind says otherwise."""
    from repository import sources  # noqa: PLC0415 - so that --help is fast

    source = HarvestSource(name=name, url=url, set=spec, **settings)
    with console.site(context) as site:
        sources.add(site, source)
    console.say(f"Added {name}; `oerbron harvest run {name}` follows it now.")


@harvest.command()
@click.argument("name")
@click.pass_context
def remove(context: click.Context, name: str) -> None:
    """Forget the source NAME; the records that it brought stay."""
    from repository import sources  # noqa: PLC0415

    with console.site(context) as site:
        sources.remove(site, name)
    console.say(f"Removed {name}; the records that it brought stay.")


@harvest.command()
@click.argument("name", required=False)
@click.option("--confirm-deletes", is_flag=True, help="Delete what waits, however much it is.")
@click.option("--all", "everything", is_flag=True, help="Ask NAME for everything again, not for what changed.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.pass_context
def run(context: click.Context, name: str | None, confirm_deletes: bool, everything: bool, as_json: bool) -> None:
    """Follow the source NAME, or every source, and publish what came."""
    from portal.commands.helper_process import Helper  # noqa: PLC0415
    from repository import sources  # noqa: PLC0415

    if everything and not name:
        raise click.UsageError("--all asks one source for everything; name it: oerbron harvest run NAME --all")
    counts: Counter[str] = Counter()
    good = True
    with console.site(context) as site, Helper(site) as helper, _stopping() as stop:
        chosen = [sources.get(site, name)] if name else list(sources.sources(site))
        if not chosen:
            raise click.UsageError("There is no source yet; add one with `oerbron harvest add NAME URL`")
        for source in chosen:
            ended = _followed(site, source, helper, _Wish(stop, confirm_deletes, everything))
            counts += Counter(ended.counts)
            good = good and harvest_sentences.is_good(ended)
            for sentence in harvest_sentences.told(ended, many=len(chosen) > 1):
                console.tell(sentence)
        # From 0, all of it: an earlier run that was killed may have left rows of its own.
        console.publish_waiting(site, 0, helper=helper)
        _report(site, [source.name for source in chosen])
        console.index_own(site, helper)
    found = {outcome: counts[outcome] for outcome in OUTCOMES}
    line = ", ".join(f"{outcome} {count}" for outcome, count in found.items())
    console.say(msgspec.json.encode(found).decode() if as_json else line)
    context.exit(0 if good else 1)


@harvest.command(name="list")
@_JSON
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """Every source: its state, its last good run, what waits in quarantine, the next run."""
    from harvest import source_account, source_totals  # noqa: PLC0415

    with console.site(context) as site:
        found = source_totals.of_all(site)
    if as_json:
        console.say(msgspec.json.encode([source_account.document(each) for each in found]).decode())
        return
    if not found:
        console.say("There is no source yet; add one with `oerbron harvest add NAME URL`.")
    for line in harvest_sentences.table(found):
        console.say(line)


@harvest.command()
@click.argument("name")
@_JSON
@click.pass_context
def show(context: click.Context, name: str, as_json: bool) -> None:
    """The source NAME: settings, state, outcomes, errors grouped by code with a sample, next run."""
    from harvest import source_account, source_totals  # noqa: PLC0415

    with console.site(context) as site:
        found = source_totals.of(site, name)
    if as_json:
        console.say(msgspec.json.encode(source_account.document(found, full=True)).decode())
        return
    for line in harvest_sentences.shown(found):
        console.say(line)


@harvest.command()
@click.argument("name")
@click.option("--show", "shown", metavar="ID", help="One record (number or identifier) with its raw bytes.")
@click.option(
    "--retry", is_flag=False, flag_value="all", metavar="[ID]", help="Try one again, or without ID all of them."
)
@click.option("--offline", is_flag=True, help="With --retry: read the kept bytes only, do not ask the provider.")
@click.option(
    "--export", type=click.Path(path_type=Path, dir_okay=False), help="Write all as JSON Lines, raw bytes included."
)
@_JSON
@click.pass_context
def quarantine(  # noqa: PLR0913, PLR0917 - the options of the contract
    context: click.Context,
    name: str,
    shown: str | None,
    retry: str | None,
    offline: bool,
    export: Path | None,
    as_json: bool,
) -> None:
    """What the source NAME sent and could not be taken: list, show, try again, export."""
    from harvest import quarantine as held  # noqa: PLC0415
    from repository import sources  # noqa: PLC0415

    with console.site(context) as site:
        source = sources.get(site, name)
        if shown is not None:
            _show(held.get(site, name, shown), as_json=as_json)
        elif retry is not None:
            rows = held.every(site, name) if retry == "all" else iter([held.get(site, name, retry)])
            context.exit(_retry(site, source, rows, offline=offline))
        elif export is not None:
            console.say(f"{export}: {_export(export, held.every(site, name))} records")
        else:
            for row in held.every(site, name):
                console.say(
                    msgspec.json.encode(held.document(row)).decode() if as_json else harvest_sentences.quarantined(row)
                )


def _report(site: Site, names: list[str]) -> None:
    """Make the reports anew of those sources whose report is due."""
    from harvest import source_report  # noqa: PLC0415

    for name in names:
        if source_report.is_due(site, name):
            source_report.make(site, name)


def _show(row: Any, *, as_json: bool) -> None:
    from harvest import quarantine as held  # noqa: PLC0415

    if as_json:
        console.say(msgspec.json.encode(held.document(row, raw=True)).decode())
        return
    for line in harvest_sentences.quarantined_whole(row):
        console.say(line)


def _retry(site: Site, source: HarvestSource, rows: Iterator[Any], *, offline: bool) -> int:
    from harvest import quarantine_retry as retry  # noqa: PLC0415
    from harvest import run  # noqa: PLC0415
    from repository.publishing import outbox  # noqa: PLC0415

    with site.database.read() as connection:
        before = outbox.newest(connection)
    guest = None if offline else run.guest_of(site, source)
    try:
        counts = retry.again(site, source, list(rows), guest)
    finally:
        if guest is not None:
            guest.close()
    console.publish_own(site, before)
    console.say(", ".join(f"{outcome} {counts[outcome]}" for outcome in OUTCOMES))
    return 1 if counts["rejected"] else 0


def _export(path: Path, rows: Iterator[Any]) -> int:
    from harvest import quarantine as held  # noqa: PLC0415

    count = 0
    with path.open("wb") as file:
        for row in rows:
            file.write(msgspec.json.encode(held.document(row, raw=True)) + b"\n")
            count += 1
    return count


class _Wish(NamedTuple):
    """What the command was called with."""

    stop: Callable[[], bool]
    confirm_deletes: bool
    everything: bool


def _followed(site: Site, source: HarvestSource, helper: Helper, wish: _Wish) -> Run:
    """Follow one source; what comes is made public on the way."""
    from harvest.run import Doing, follow  # noqa: PLC0415

    seen = 0
    with console.progress(source.name, "records") as bar:

        def between(now: Run) -> None:
            nonlocal seen
            if bar.total is None and now.listed is not None:
                bar.total = now.listed
            bar.update(max(0, now.records - seen))
            seen = max(seen, now.records)
            helper.go_on()

        doing = Doing(wish.confirm_deletes, between, wish.stop, everything=wish.everything)
        return follow(site, source, doing)


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM stop between two pages; a second one ends the process at once."""
    asked = threading.Event()

    def stop(*_: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
