"""The command line called in this process, with a home of its own: exit code, answer and what was told beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from click.testing import CliRunner

from portal.cli import main

_OUTCOMES = ("created", "updated", "unchanged", "deleted", "rejected")
_SUMMARY = re.compile(", ".join(rf"{name} (\d+)" for name in _OUTCOMES))


class Answer(NamedTuple):
    """What a command did: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def counts(self) -> dict[str, int]:
        """The outcomes of an import, from its last line, which must be exactly the summary."""
        last = self.out.splitlines()[-1]
        found = _SUMMARY.fullmatch(last)
        assert found is not None, last
        return dict(zip(_OUTCOMES, map(int, found.groups()), strict=True))

    @property
    def sentences(self) -> list[str]:
        return self.err.splitlines()


def outcomes(**given: int) -> dict[str, int]:
    return dict.fromkeys(_OUTCOMES, 0) | given


def oerbron(home: Path, *words: str | Path, **env: str) -> Answer:
    """`oerbron WORDS` with OERBRON_HOME=home; never a traceback, whatever happens."""
    setting = {"OERBRON_HOME": str(home), "OERBRON_CONFIG": None, "OERBRON_DEBUG": None, **env}
    result = CliRunner().invoke(main, [str(word) for word in words], env=setting, prog_name="oerbron")
    assert "Traceback" not in result.output, result.output
    assert "nobody foresaw" not in result.output, result.output
    return Answer(result.exit_code, result.stdout, result.stderr)


def lines(path: Path) -> list[dict[str, Any]]:
    """A JSON Lines file, decoded."""
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
