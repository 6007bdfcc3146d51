"""Every sentence that templates and code say in a language: what the catalogues must hold, and nothing else.

`python -m tests.support.sentences nl` prints the PO entries that Dutch still lacks; `prune` in place of `nl` takes out
of every catalogue what nobody says any more.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog as Catalogue
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import portal
from portal.web import i18n

PORTAL = Path(portal.__file__).parent
_WORDS = ("translate", "later", "_", "N_")
_PLURALS = ("ngettext",)


@cache
def sentences() -> dict[str, str | None]:
    """Sentence -> its plural, or None."""
    found: dict[str, str | None] = {}
    for file in PORTAL.rglob("*.html"):
        found |= dict(_of_template(file))
    for file in PORTAL.rglob("*.py"):
        found |= dict(_of_code(file))
    return found


def _of_template(file: Path) -> Iterator[tuple[str, str | None]]:
    with file.open("rb") as stream:
        for _, function, message, _ in babel_extract(stream, ("_", "ngettext"), [], {"silent": "false"}):
            if isinstance(message, tuple):
                texts = [each for each in message if isinstance(each, str)]
                yield (texts[0], texts[1] if function == "ngettext" and len(texts) > 1 else None)
            elif isinstance(message, str):
                yield message, None


def _of_code(file: Path) -> Iterator[tuple[str, str | None]]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if name in _WORDS and texts:
            yield texts[0], None
        elif name in _PLURALS and len(texts) > 1:
            yield texts[0], texts[1]
    if any(_name(node) == "SENTENCES" for node in tree.body):
        module = ".".join(file.relative_to(PORTAL.parent).with_suffix("").parts)
        yield from ((each, None) for each in importlib.import_module(module).SENTENCES)


def _name(node: ast.stmt) -> str:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return next((each.id for each in targets if isinstance(each, ast.Name)), "")


def main(language: str) -> None:
    known = i18n.catalogue(language)
    for one, more in sentences().items():
        if one not in known:
            plural = f'msgid_plural "{_quoted(more)}"\nmsgstr[0] ""\nmsgstr[1] ""\n' if more else 'msgstr ""\n'
            sys.stdout.write(f'msgid "{_quoted(one)}"\n{plural}\n')


def prune() -> None:
    said = sentences()
    for file in sorted((PORTAL / "translations").rglob("*.po")):
        with file.open("rb") as stream:
            catalogue = read_po(stream, locale=file.parent.name)
        for message in list(catalogue):
            if message.id and (message.id[0] if isinstance(message.id, tuple) else message.id) not in said:
                catalogue.delete(message.id)
        file.write_text(written(catalogue, file.parent.name), encoding="utf-8")


def written(catalogue: Catalogue, language: str) -> str:
    """A catalogue as this project keeps it: a short head, an entry a sentence, no long lines broken."""
    entries = []
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            one, more = message.id
            lines = [f'msgid "{_quoted(one)}"', f'msgid_plural "{_quoted(more)}"']
            lines += [f'msgstr[{place}] "{_quoted(text)}"' for place, text in enumerate(message.string)]
        else:
            lines = [f'msgid "{_quoted(message.id)}"', f'msgstr "{_quoted(message.string)}"']
        entries.append("\n".join(lines))
    rule = "n > 1" if language == "fr" else "n != 1"
    head = [
        f"Language: {language}",
        "Content-Type: text/plain; charset=UTF-8",
        f"Plural-Forms: nplurals=2; plural=({rule});",
    ]
    top = 'msgid ""\nmsgstr ""\n' + "\n".join(f'"{line}\\n"' for line in head)
    return "\n\n".join([top, *entries]) + "\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


if __name__ == "__main__":
    prune() if sys.argv[1] == "prune" else main(sys.argv[1])
