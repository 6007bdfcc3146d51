"""`oerbron index status | rebuild | verify`: what the search index knows, making it anew, holding it to the records."""

from __future__ import annotations

import click

from portal.commands import console


@click.group()
def index() -> None:
    """The search index."""


@index.command()
@click.pass_context
def status(context: click.Context) -> None:
    """Say which index is searched, how far it goes, and what waits for it."""
    from repository.search.service import open_search  # noqa: PLC0415
    from repository.search.verification import state  # noqa: PLC0415 - so that --help is fast

    with console.site(context) as site:
        told = state(open_search(site))
    for line in told.lines():
        console.say(line)
    context.exit(0 if told.healthy else 1)


@index.command()
@click.pass_context
def rebuild(context: click.Context) -> None:
    """Make the index anew from the published records; searching goes on with the old one meanwhile."""
    from repository.published import snapshot  # noqa: PLC0415
    from repository.search.service import open_search  # noqa: PLC0415

    with console.site(context) as site:
        with snapshot(site.database) as line:
            total = line.total()
        with console.progress("Indexing", "records", total) as bar:

            def moved(records: int) -> None:
                bar.update(records)

            made = open_search(site).projection.rebuild(moved)
        count = sum(each.count for each in made.sums().values())
    console.say(f"{made.name}: {count} records, in use now")


@index.command()
@click.pass_context
def verify(context: click.Context) -> None:
    """Hold the index to the published records by checksums, and mend what differs."""
    from repository.search.service import open_search  # noqa: PLC0415
    from repository.search.verification import verified  # noqa: PLC0415

    with console.site(context) as site:
        done = verified(open_search(site))
    console.say(f"{done.name}: {done.records} records, {done.mended} mended")
    if done.different:
        console.tell(f"{done.different} parts still differ: run `oerbron index rebuild`.")
    context.exit(1 if done.different else 0)
