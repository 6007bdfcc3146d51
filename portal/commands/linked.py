"""`oerbron dump` and `oerbron ldes check`: files of everything, and a judge of event streams."""

from __future__ import annotations

from typing import Any

import click

from portal.commands import console


@click.command()
@click.option("--format", "formats", multiple=True, help="nq, jsonl or lom; may be repeated. Without it: all three.")
@click.pass_context
def dump(context: click.Context, formats: tuple[str, ...]) -> None:
    """Write dumps of everything published into the folder dumps of OERBRON_HOME; /dumps/ serves them."""
    from repository.linked import dumps  # noqa: PLC0415 - so that --help is fast

    with console.site(context) as site, console.progress("Dump", "records") as bar:

        def tell(records: int) -> None:
            bar.update(records)

        made = dumps.make(site, formats, tell)
    if made is None:
        raise click.ClickException("Another process is making dumps; try again when it is done.")
    for one in made:
        console.say(f"{dumps.path_of(one)}: {one.records} records at {one.datestamp}, {one.bytes} bytes, {one.sha256}")


@click.group()
def ldes() -> None:
    """Event streams of linked data."""


@ldes.command()
@click.argument("url")
@click.option(
    "--pages", type=click.IntRange(1, 10_000_000), default=100_000, show_default=True, help="At most so many."
)
@click.option("--again", is_flag=True, help="Walk twice, to see that what must not change does not.")
@click.pass_context
def check(context: click.Context, url: str, pages: int, again: bool) -> None:
    """Walk the event stream at URL and say which musts of LDES and TREE it breaks."""
    from harvest.network import client as clients  # noqa: PLC0415
    from harvest.walks.ldes import check as ldes_check  # noqa: PLC0415

    config = console.load(context)
    rules = clients.rules_of(config.harvest)
    client = clients.Client(rules, config.site.admin_email, clients.Caps(config.harvest.timeout_s))
    with console.progress("Pages", "pages") as bar:
        report = ldes_check.check(client, url, pages, lambda: _moved(bar), again=again)
    for violation in report.violations:
        console.say(f"{violation.code}: {violation.message}")
    console.say(f"pages {report.pages}, members {report.members}, violations {len(report.violations)}")
    context.exit(1 if report.violations else 0)


def _moved(bar: Any) -> None:
    bar.update(1)
