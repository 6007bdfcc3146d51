"""The command line `oerbron`: one group, commands loaded when they are called, every error one plain sentence.

design.md 4: exits 0 on success, 1 when something was rejected or failed, 2 on misuse. Nothing here does the work;
each command lives in a module of `portal.commands` and calls the rooms below.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Final

import click

from portal.server.logs import Sentences

_COMMANDS: Final = {
    "demo": "portal.commands.serve:demo",
    "serve": "portal.commands.serve:serve",
    "import": "portal.commands.import_:import_",
    "export": "portal.commands.export:export",
    "validate": "portal.commands.validate:validate",
    "harvest": "portal.commands.harvest:harvest",
    "publish": "portal.commands.upkeep:publish",
    "doctor": "portal.commands.upkeep:doctor",
    "backup": "portal.commands.upkeep:backup",
    "restore": "portal.commands.upkeep:restore",
    "index": "portal.commands.index:index",
    "erase": "portal.commands.upkeep:erase",
    "user": "portal.commands.accounts:user",
    "token": "portal.commands.accounts:token",
    "generate": "portal.commands.export:generate",
    "dump": "portal.commands.linked:dump",
    "ldes": "portal.commands.linked:ldes",
}


class Commands(click.Group):
    """The group of all commands: in the order above, and with every error told in a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run and exit; click's own error output is replaced by ours."""
        _open_what_is_closed()
        _log_in_sentences()
        extra |= {"standalone_mode": False, "prog_name": extra.get("prog_name") or "oerbron"}
        try:
            code = super().main(*args, **extra)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the outermost edge of the command line
            code = _tell(error)
        _flush()
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="OERBRON_CONFIG",
    help="Configuration file (TOML); see config.example.toml.",
)
@click.version_option(package_name="oerbron", prog_name="oerbron")
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """OERbron: a repository for the metadata of open educational resources.

    Data lie in OERBRON_HOME (default ./var).
    """
    context.obj = config


def _tell(error: BaseException) -> int:
    """Print an error as one sentence on stderr, or the help when no command was given; gives the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return 2
    code, sentence = _sentence(error)
    if sentence:
        from portal.commands import console  # noqa: PLC0415 - only when something is wrong

        console.tell(sentence)
    if os.environ.get("OERBRON_DEBUG"):
        traceback.print_exception(error)
    return code


def _sentence(error: BaseException) -> tuple[int, str]:
    from harvest.errors import HarvestError  # noqa: PLC0415
    from repository.errors import ConfigError, RepositoryError  # noqa: PLC0415 - only when something is wrong
    from schemas.errors import SchemasError, UnknownFormat, UnknownProfile  # noqa: PLC0415

    match error:
        case click.UsageError():
            where = f" (see `{error.ctx.command_path} --help`)" if error.ctx else ""
            return 2, error.format_message().rstrip(".").replace("\n", " ") + where + "."
        case click.ClickException():
            return 1, error.format_message()
        case ConfigError() | UnknownFormat() | UnknownProfile():
            return 2, str(error)
        case RepositoryError() | SchemasError() | HarvestError():
            return 1, str(error)
        case BrokenPipeError():
            return 1, ""
        case click.Abort() | KeyboardInterrupt():
            return 1, "Interrupted."
        case OSError():
            name = f"{error.filename}: " if error.filename else ""
            return 1, f"{name}{error.strerror or error}."
        case _:
            unforeseen = f"Something went wrong that nobody foresaw ({type(error).__name__}: {error})"
            return 1, f"{unforeseen}; OERBRON_DEBUG=1 shows where."


def _open_what_is_closed() -> None:
    """Let output to a closed stream (`>&-`) go nowhere; the work is done all the same."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the whole command


def _log_in_sentences() -> None:
    if os.environ.get("OERBRON_DEBUG"):
        return
    logging.lastResort = Sentences(logging.WARNING)


def _flush() -> None:
    """Flush what is left; a reader that went away (`| head`) is no error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
