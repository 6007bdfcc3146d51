"""`oerbron validate`: judge files by a profile; nothing is stored, no database is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from portal.commands import console

if TYPE_CHECKING:
    from schemas.errors import Problem
    from schemas.formats.format import Delivery


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--profile", default="core", show_default=True, help="The profile to judge by.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per record, and a summary as the last one.")
@click.pass_context
def validate(context: click.Context, paths: tuple[Path, ...], profile: str, as_json: bool) -> None:
    """Judge the records in files, folders and zips; every problem of every record is told."""
    from portal.commands.find_files import Walk, Wishes, deliveries  # noqa: PLC0415
    from schemas.errors import UnknownProfile  # noqa: PLC0415
    from schemas.validation import validation  # noqa: PLC0415 - so that --help is fast
    from schemas.vocabularies import vocabularies  # noqa: PLC0415 - so that --help is fast

    if profile not in validation.profiles():
        raise UnknownProfile(f"There is no profile {profile}; there are {', '.join(sorted(validation.profiles()))}.")
    shipped = vocabularies.shipped()
    counts = {"valid": 0, "invalid": 0}
    for file in Walk(console.existing(paths)):
        for delivery in deliveries(file, Wishes(), shipped):
            if delivery.deleted:
                continue
            problems = delivery.problems
            if delivery.reading is not None:
                judged = validation.validate(delivery.reading.record, profile, shipped)
                problems = (*problems, *delivery.reading.problems, *judged)
            judgement = _judgement(delivery, problems)
            counts["valid" if judgement["valid"] else "invalid"] += 1
            for line in _told(judgement, as_json):
                console.say(line)
    console.say(
        msgspec.json.encode(counts).decode() if as_json else "valid {valid}, invalid {invalid}".format(**counts)
    )
    context.exit(1 if counts["invalid"] else 0)


def _judgement(delivery: Delivery, problems: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        "file": delivery.file,
        "place": delivery.place,
        "identifier": delivery.identifier,
        "valid": delivery.reading is not None and not any(problem.severity == "error" for problem in problems),
        "problems": problems,
        "repairs": delivery.reading.repairs if delivery.reading else (),
    }


def _told(judgement: dict[str, Any], as_json: bool) -> list[str]:
    if as_json:
        return [msgspec.json.encode(judgement).decode()]
    where = f"{judgement['file']} ({judgement['place']})"
    return [
        f"{where}: {problem.severity}: {problem.path + ': ' if problem.path else ''}{problem.message} [{problem.code}]"
        for problem in judgement["problems"]
    ]
