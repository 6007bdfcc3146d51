"""`oerbron export` and `oerbron generate`: records out, for operators; whole, contact data included."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from portal.commands import console


@click.command()
@click.option("--format", "format_", required=True, help="lom, jsonl, or any other format that can be written.")
@click.option("--set", "spec", help="Only the members of this set.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to the terminal.")
@click.pass_context
def export(context: click.Context, format_: str, spec: str | None, out: Path | None) -> None:
    """Write the published records to one file; lom is the verbatim copy, jsonl has the tombstones too."""
    from portal.commands.export_lines import parts  # noqa: PLC0415 - so that --help is fast

    with console.site(context) as site:
        found = parts(site, format_, spec)
        _write(found, out, "Export")


@click.command()
@click.argument("n", metavar="N", type=click.IntRange(0, 100_000_000))
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bytes.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to the terminal.")
def generate(n: int, seed: int, out: Path | None) -> None:
    """Write N realistic records as JSON Lines, for demos and benchmarks."""
    from schemas.generate import generate as generator  # noqa: PLC0415

    _write((line if line.endswith(b"\n") else line + b"\n" for line in generator.lines(n, seed)), out, "Generate")


def _write(parts: Iterable[bytes], out: Path | None, what: str) -> None:
    """Write the parts of a document: a record each, except the first and last where the document has a frame."""
    with _opened(out) as file, console.progress(what, "records") as bar:
        for part in parts:
            file.write(part)
            bar.update(1)
    if out is not None:
        console.say(f"{out}: {out.stat().st_size} bytes")


@contextmanager
def _opened(out: Path | None) -> Iterator[IO[bytes]]:
    """The file, which appears whole or not at all, or standard output."""
    if out is None:
        yield sys.stdout.buffer
        return
    partial = out.with_name(out.name + ".part")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
