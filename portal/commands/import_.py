"""`oerbron import`: files in, records public; one outcome for every record found.

The work is in `find_files` (finding and reading) and `bring_in` (delivering and publishing); this module takes the
options and tells the outcome. The counts in the last line add up to the records found (design.md 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click
import msgspec

from portal.commands import console
from repository.outcome import OUTCOMES

if TYPE_CHECKING:
    from repository.deposit import Outcome
    from schemas.formats.format import Delivery


class Summary:
    """What became of the records: the counts, and the first rejects of each code."""

    def __init__(self, rejects: IO[bytes] | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.samples: dict[str, str] = {}
        self.rejects = rejects

    def add(self, delivery: Delivery, outcome: Outcome) -> None:
        self.counts[outcome.outcome] += 1
        if outcome.outcome != "rejected":
            return
        code = outcome.code or "rejected"
        place = outcome.place or delivery.place
        self.codes[code] += 1
        self.samples.setdefault(code, f"{delivery.file} ({place}): {outcome.reason}")
        if self.rejects is not None:
            line = {
                "file": delivery.file,
                "place": place,
                "identifier": outcome.identifier,
                "code": code,
                "reason": outcome.reason,
            }
            self.rejects.write(msgspec.json.encode(line) + b"\n")

    def line(self) -> str:
        return ", ".join(f"{name} {self.counts[name]}" for name in OUTCOMES)

    def object(self) -> dict[str, int]:
        return {name: self.counts[name] for name in OUTCOMES}

    def told(self) -> Iterator[str]:
        """The rejects by code, the most frequent first, each with its first example."""
        for code, count in self.codes.most_common():
            yield f"rejected {count} as {code}, the first in {self.samples[code]}"


@click.command(name="import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_", default="auto", show_default=True, help="Read as this format; auto looks at the content."
)
@click.option(
    "--source", default="local", show_default=True, help="Name of the source: with a key, the origin of a record."
)
@click.option(
    "--as",
    "as_state",
    type=click.Choice(["published", "submitted", "draft"]),
    default="published",
    show_default=True,
    help="The state to bring the records into.",
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Columns of a table, where its headers are unknown.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.option(
    "--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Write what is rejected here, as JSON Lines."
)
@click.option("--salvage", is_flag=True, help="Mend what can be mended (illegal characters, encodings, cut-off files).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.pass_context
def import_(  # noqa: PLR0913, PLR0917 - the options of the contract
    context: click.Context,
    paths: tuple[Path, ...],
    format_: str,
    source: str,
    as_state: str,
    mapping: Path | None,
    dry_run: bool,
    rejects: Path | None,
    salvage: bool,
    as_json: bool,
) -> None:
    """Bring in records from files, folders and zips, and publish them.

    Read by content: LOM in every form, IMS-MD, OAI-PMH and SRU responses, Dublin Core, AMB, CSV, TSV, XLSX, IMS
    content packages, JSON Lines.
    """
    from portal.commands.bring_in import bring_in  # noqa: PLC0415
    from portal.commands.find_files import Walk, Wishes, deliveries  # noqa: PLC0415
    from repository.accounts import OPERATOR  # noqa: PLC0415 - so that --help is fast
    from repository.deposit import Order  # noqa: PLC0415

    console.existing(paths + ((mapping,) if mapping else ()))
    wishes = Wishes(format_, mapping.read_bytes() if mapping else None, salvage)
    walk = Walk(paths)
    with console.site(context) as site, _opened(rejects) as lines:
        summary = Summary(lines)
        order = Order(source=source, as_state=as_state, actor=OPERATOR, dry_run=dry_run)
        found = (one for file in walk for one in deliveries(file, wishes, site.vocabularies))
        bring_in(site, found, order, summary.add)
    if walk.passed_by:
        console.tell(f"passed by {walk.passed_by} hidden files and files about the folder")
    for sentence in summary.told():
        console.tell(sentence)
    console.say(msgspec.json.encode(summary.object()).decode() if as_json else summary.line())
    context.exit(1 if summary.counts["rejected"] else 0)


@contextmanager
def _opened(rejects: Path | None) -> Iterator[IO[bytes] | None]:
    """The file of the rejects, made anew; None where none is wanted."""
    if rejects is None:
        yield None
        return
    with rejects.open("wb") as file:
        yield file
