"""What commands share: the configuration and the site they work on, a progress bar, and how they speak."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from tqdm import tqdm

from repository.config import load as configuration
from repository.config.sections import Config

if TYPE_CHECKING:
    from portal.commands.helper_process import Helper
    from repository.site import Site


def load(context: click.Context, base_url: str | None = None) -> Config:
    """The configuration of this call; raises ConfigError."""
    return configuration.load(context.find_root().obj, base_url=base_url)


@contextmanager
def site(context: click.Context) -> Iterator[Site]:
    """The site of this call, closed at the end."""
    from portal.server.memory import one_arena  # noqa: PLC0415 - commands that need no database start faster
    from repository.site import open_site  # noqa: PLC0415

    one_arena()
    opened = open_site(load(context))
    try:
        yield opened
    finally:
        opened.database.dispose()


@contextmanager
def progress(what: str, unit: str, total: int | None = None) -> Iterator[tqdm[NoReturn]]:
    """A progress bar on a terminal (stderr), nothing elsewhere; `update(n)` moves it."""
    with tqdm(total=total, desc=what, unit=f" {unit}", disable=not sys.stderr.isatty(), leave=False) as bar:
        yield bar


def say(sentence: str) -> None:
    """A line of the command's answer."""
    click.echo(printable(sentence))


def tell(sentence: str) -> None:
    """A line beside the answer: what somebody should know, on stderr."""
    click.echo(f"oerbron: {printable(sentence)}", err=True)


def printable(sentence: str) -> str:
    """A sentence as one line that cannot command a terminal: names of files may hold anything."""
    if sentence.isprintable():
        return sentence
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in sentence)


def existing(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The paths, when each of them is there; a usage error names the first that is not."""
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise click.UsageError(f"There is no file or folder {path}")
    return paths


def publish_own(site: Site, after: int, *, helper: Helper | None = None) -> int:
    """Publish and index the outbox rows with n > `after` that are there now; gives how many records moved."""
    moved = publish_waiting(site, after, helper=helper)
    index_own(site, helper)
    return moved


def publish_waiting(site: Site, after: int, *, helper: Helper | None = None) -> int:
    """Publish until no outbox row with n > `after` of those there now still waits; gives how many records moved."""
    from portal.server.after_publication import follow  # noqa: PLC0415
    from repository.publishing import outbox, publication  # noqa: PLC0415

    if helper is not None:
        helper.leave_publishing()
    with site.database.read() as connection:
        upto = outbox.newest(connection)
        waiting = outbox.count(connection, after, upto)
    moved = 0
    with progress("Publishing", "records", waiting) as bar:

        def count(sealed: publication.Sealed | None) -> None:
            nonlocal moved
            moved += sealed.published if sealed is not None else 0
            if bar.disable:
                return
            with site.database.read() as connection:
                bar.update(waiting - outbox.count(connection, after, upto) - bar.n)

        publication.drain(site, after, upto, time.sleep, count)
    follow(site)
    return moved


def reindex(site: Site) -> None:
    """Make the search index anew and keep no older one: deleted content lives on for a while in an index's files."""
    from repository.errors import Busy  # noqa: PLC0415
    from repository.search.service import open_search  # noqa: PLC0415

    searching = open_search(site)
    try:
        made = searching.projection.rebuild()
        searching.engine.drop([name for name in searching.engine.names() if name != made.name])
    except Busy as error:
        tell(f"erased, but the words may still lie in the search index: {error}")


def index_own(site: Site, helper: Helper | None = None) -> None:
    """Bring the search index up to date; where it cannot follow, what is public stays public and is indexed later."""
    from repository.errors import Busy  # noqa: PLC0415
    from repository.search.service import open_search  # noqa: PLC0415

    with progress("Indexing", "records") as bar:
        try:
            searching = open_search(site)
            if helper is not None and helper.is_there:
                bar.total = searching.projection.behind()
                helper.finish(searching.projection.behind, bar.update)
            searching.catch_up(bar.update)
        except Busy as error:
            tell(f"public, but not in the search index yet: {error}")
