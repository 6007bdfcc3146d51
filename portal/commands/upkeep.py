"""`publish`, `doctor`, `backup`, `restore`, `erase`: keeping a repository well; the operator's commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portal.commands import console
from repository.errors import Busy, DatabaseError

if TYPE_CHECKING:
    from repository.site import Site


def _telling(bar: Any) -> Callable[[str, int], None]:
    """Moves a progress bar by the rows of each table that is done."""

    def tell(_: str, rows: int) -> None:
        bar.update(rows)

    return tell


@click.command()
@click.option(
    "--refresh",
    is_flag=True,
    help="Also render again what is damaged, and what another version or configuration published.",
)
@click.option("--accept-clock", is_flag=True, help="The clock is right, although it is far ahead of the last batch.")
@click.pass_context
def publish(context: click.Context, refresh: bool, accept_clock: bool) -> None:
    """Publish what is accepted and waiting; ends when none of it waits any more."""
    from repository.publishing import publication  # noqa: PLC0415
    from repository.upkeep import doctor as doctors  # noqa: PLC0415 - so that --help is fast
    from repository.upkeep import published_check  # noqa: PLC0415

    with console.site(context) as site:
        if accept_clock:
            publication.accept_clock(site)
        damaged = published_check.mend(site) if refresh else 0
        enqueued = publication.refresh(site) if refresh else 0
        moved = console.publish_own(site, 0)
        notes = doctors.notes(site)
    for note in notes:
        console.tell(note)
    again = f", {enqueued} of another version or configuration looked at again" if refresh else ""
    mended = f", {damaged} damaged ones rendered anew" if damaged else ""
    console.say(f"published {moved}{again}{mended}")


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Look for what can never be, and say what mends it; changes nothing."""
    from repository.search.service import open_search  # noqa: PLC0415
    from repository.upkeep import doctor as doctors  # noqa: PLC0415
    from repository.upkeep import home_check, search_check  # noqa: PLC0415

    findings = home_check.findings(home_check.look())
    notes: list[str] = []
    try:
        with console.site(context) as site:
            told = doctors.examine(site, owners=True)
            # An index is held against what is published: of that nothing may be broken.
            findings += told or search_check.findings(open_search(site))
            notes = doctors.notes(site)
    except DatabaseError as error:
        findings.append(home_check.unusable(error))
    for note in notes:
        console.say(f"note: {note}")
    for finding in findings:
        console.say(f"{finding.code}: {finding.message}")
    console.say("healthy" if not findings else f"{len(findings)} found")
    context.exit(1 if findings else 0)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """Write a backup to FILE while the repository runs; what is damaged in it is named, and the exit code is 1."""
    from repository.upkeep import backup as backups  # noqa: PLC0415
    from repository.upkeep import doctor as doctors  # noqa: PLC0415

    if not file.parent.is_dir():
        raise click.UsageError(f"There is no folder {file.parent}")
    with console.site(context) as site, console.progress("Backup", "rows") as bar:
        manifest = backups.backup(site.database, site.clock, file, _telling(bar))
        findings = doctors.examine(site, owners=True)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    console.say(f"{file}: {rows} rows of {len(manifest['tables'])} tables")
    for finding in findings:
        console.tell(f"{finding.code}: {finding.message}")
    if findings:
        console.tell("the backup was written, and what is damaged is damaged in it; keep the ones before it")
    context.exit(1 if findings else 0)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--exact", is_flag=True, help="A drill: answers become byte-identical to those before the backup.")
@click.pass_context
def restore(context: click.Context, file: Path, exact: bool) -> None:
    """Replace everything in this repository by the backup in FILE.

    Without --exact this is recovery from a disaster: harvesters get every record again under a new datestamp, and
    records that were published after the backup are ghosts at harvesters.
    """
    from repository.linked import dumps  # noqa: PLC0415
    from repository.upkeep import backup as backups  # noqa: PLC0415
    from repository.upkeep import erasure  # noqa: PLC0415

    console.existing((file,))
    with console.site(context) as site, console.progress("Restore", "rows") as bar:
        again = erasure.Replay(int(site.clock.now()))
        manifest = backups.restore(site.database, site.clock, file, exact=exact, tell=_telling(bar), within=again)
    dumps.forget()  # they stand where this repository is no more
    with console.site(context) as site:
        if not exact or again.count:
            console.publish_own(site, 0)
        else:
            console.index_own(site)
        if again.count:
            _scrub(site)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    console.say(f"restored {rows} rows, {again.count} erased again")
    if not exact:
        console.say("records that were published after this backup are ghosts at harvesters: they keep them for ever")


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--reason", required=True, help="Why; the tombstone says it.")
@click.pass_context
def erase(context: click.Context, id_: str, reason: str) -> None:
    """Erase the content of record ID for good; its tombstone stays."""
    from repository.publishing import outbox  # noqa: PLC0415
    from repository.upkeep import erasure  # noqa: PLC0415

    if not reason.strip():
        raise click.UsageError("Give a --reason in words")
    with console.site(context) as site:
        uuid = (site.uuid_of(id_) or id_.rstrip("/").rpartition("/")[2]).lower()
        with site.database.read() as connection:
            before = outbox.newest(connection)
        erasure.erase(site, uuid, reason)
        console.publish_own(site, before)
        _scrub(site)
        console.reindex(site)
    console.say(f"erased {uuid}")


def _scrub(site: Site) -> None:
    """Overwrite what the file holds of what was erased; what is in the way of that is told, for it is done already."""
    from repository.upkeep import erasure  # noqa: PLC0415

    try:
        erasure.scrub(site)
    except Busy as error:
        console.tell(f"erased, but not yet overwritten in the database file: {error} Run the command again later.")
