"""`oerbron serve` and `oerbron demo`: a running repository, and a filled one to look at.

The demo lives in a folder of its own below OERBRON_HOME, on the embedded database, whatever is configured: sample
records never come into a repository that somebody keeps.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

import click
import msgspec

from portal.commands import console
from repository.config import load as configuration
from repository.config.sections import Config, DatabaseSection, SearchSection

if TYPE_CHECKING:
    from repository.site import Site
    from schemas.formats.format import Delivery

PORT: Final = 8080
DEMO_FOLDER: Final = "demo"
DEMO_RECORDS: Final = 2000
DEMO_SEED: Final = 1
_PORTION: Final = 1000
_TRIES: Final = 100  # ports, beginning with the one asked for
_PORTS = click.IntRange(1, 65535)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=_PORTS, default=PORT, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--drill", is_flag=True, help="Serve what was restored with --exact; let no harvester see it.")
@click.pass_context
def serve(context: click.Context, host: str, port: int, workers: int, drill: bool) -> None:
    """Serve pages, API and OAI-PMH, and publish what is accepted, until stopped."""
    from portal.server.server import Address, free_port  # noqa: PLC0415 - so that --help is fast
    from portal.server.server import serve as run  # noqa: PLC0415

    config = console.load(context, base_url=f"http://127.0.0.1:{port}")
    free_port(host, port)
    run(config, Address(host, port, workers, drill), lambda: console.say(_serving(config, host, port)))


@click.command()
@click.option(
    "--records", type=click.IntRange(0, 10_000_000), default=DEMO_RECORDS, show_default=True, help="How many."
)
@click.option("--port", type=_PORTS, default=PORT, show_default=True, help="Port; when it is taken, the next free one.")
@click.pass_context
def demo(context: click.Context, records: int, port: int) -> None:
    """Fill a repository in the folder demo of OERBRON_HOME (./var/demo) with sample records and serve it."""
    from portal.server.server import Address, free_port  # noqa: PLC0415
    from portal.server.server import serve as run  # noqa: PLC0415

    free = free_port("127.0.0.1", port, _TRIES)
    if free != port:
        console.say(f"Port {port} is taken; the demo uses {free}.")
    config = _embedded(console.load(context), f"http://127.0.0.1:{free}")
    os.environ["OERBRON_HOME"] = str(configuration.home() / DEMO_FOLDER)
    _fill(config, records)
    run(config, Address("127.0.0.1", free), lambda: _tell_running(config))


def _embedded(config: Config, base_url: str) -> Config:
    """The configuration with what is the demo's own: address, database, search."""
    return msgspec.structs.replace(
        config,
        site=msgspec.structs.replace(config.site, base_url=base_url),
        database=DatabaseSection(),
        search=SearchSection(),
    )


def _serving(config: Config, host: str, port: int) -> str:
    base = config.site.base_url
    return f"Serving {base}" if base.endswith(f"{host}:{port}") else f"Serving {base} on {host}:{port}"


def _tell_running(config: Config) -> None:
    from portal.commands import demo_contents  # noqa: PLC0415

    base = config.site.base_url
    console.say("The demo is running; stop it with Ctrl-C.")
    console.say(f"  pages    {base}/")
    console.say(f"  OAI-PMH  {base}/oai")
    console.say(f"  API      {base}/api/v1/records?after=0")
    console.say(f"  data     {configuration.home()}")
    console.say(f"Log in at {base}/login with the password {demo_contents.PASSWORD} (for trying only) as")
    for email, (role, _) in demo_contents.PEOPLE.items():
        console.say(f"  {role:<12} {email}")


def _fill(config: Config, records: int) -> None:
    """Bring in the sample records that are missing, and publish anew what differs under another address."""
    from portal.commands import demo_contents  # noqa: PLC0415
    from repository.published import snapshot  # noqa: PLC0415
    from repository.publishing import publication  # noqa: PLC0415
    from repository.site import open_site  # noqa: PLC0415

    site = open_site(config)
    try:
        with snapshot(site.database) as line:
            there = line.total()
        added = _deliver(site, records) if there < records else 0
        publication.refresh(site)
        console.publish_own(site, 0)
        demo_contents.fill(site)
        console.publish_own(site, 0)
        console.say(f"{added} sample records brought in; {max(there, records)} are there.")
    finally:
        site.database.dispose()


def _deliver(site: Site, records: int) -> int:
    """Deliver generated records; how many of them were new."""
    from portal.commands.bring_in import bring_in  # noqa: PLC0415
    from repository.accounts import OPERATOR, organisations  # noqa: PLC0415
    from repository.deposit import Order, Outcome  # noqa: PLC0415
    from schemas.generate import generate  # noqa: PLC0415

    for slug, name in generate.organisations().items():
        if organisations.find(site, slug) is None:
            organisations.add(site, slug, name)
    added = 0

    def tell(_: Delivery, outcome: Outcome) -> None:
        nonlocal added
        added += outcome.outcome == "created"

    bring_in(site, _generated(site, records), Order(source="demo", as_state="published", actor=OPERATOR), tell)
    return added


def _generated(site: Site, records: int) -> Iterator[Delivery]:
    """Generated records as deliveries; a portion of their lines at a time is in memory."""
    from schemas.formats.incoming import incoming  # noqa: PLC0415
    from schemas.generate import generate  # noqa: PLC0415

    request = incoming.Incoming(name="demo", format="jsonl", vocabularies=site.vocabularies)
    lines = generate.lines(records, DEMO_SEED)
    while portion := b"\n".join(islice(lines, _PORTION)):
        yield from incoming.deliveries(portion, request)
