"""Style sheet, icons, font and script as `/look/NAME.HASH.ENDING`: for ever the same bytes, so kept for a year.

They are put together once, when the application is made: the style sheet from `static/oerbron.css`, the parts of each
wing (`static/parts/*.css`) and the tints of the subjects in force; the script likewise from `static/*.js`.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final, NamedTuple

from flask import Blueprint, Response, abort, request

from portal.web.look import subjects, tints
from schemas.vocabularies.vocabularies import Vocabularies

_MEDIA: Final = {"css": "text/css", "svg": "image/svg+xml", "woff2": "font/woff2", "js": "text/javascript"}
_YEAR: Final = "public, max-age=31536000, immutable"
_SPACE: Final = re.compile(r"\s*([{};:,>])\s*")
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)


class File(NamedTuple):
    """A file as it is sent: bytes as they are and packed with gzip (none where packing wins nothing)."""

    media: str
    plain: bytes
    packed: bytes | None


class Look:
    """The files of one site, and the address of each by its plain name (`site.css`)."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        static = resources.files("portal") / "static"
        self.files: dict[str, File] = {}
        self.paths: dict[str, str] = {}
        self._add("icons.svg", (static / "icons.svg").read_bytes())
        self._add("figtree.woff2", (static / "figtree.woff2").read_bytes())
        font = self.paths["figtree.woff2"].rpartition("/")[2]
        style = _joined(static, "css", static / "oerbron.css") + tints.css(subjects.hues(vocabularies))
        self._add("site.css", smaller(style.replace("figtree.woff2", font)).encode())
        for script in sorted(_ending(static, "js"), key=lambda each: each.name):
            self._add(script.name, script.read_bytes())

    def _add(self, name: str, content: bytes) -> None:
        stem, _, ending = name.rpartition(".")
        path = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
        packed = gzip.compress(content, 9, mtime=0) if ending != "woff2" else None
        self.files[path] = File(_MEDIA[ending], content, packed)
        self.paths[name] = f"/look/{path}"

    def blueprint(self) -> Blueprint:
        """The route of the files."""
        made = Blueprint("look", __name__)
        made.add_url_rule("/look/<name>", view_func=self.file)
        return made

    def file(self, name: str) -> Response:
        """One of the files, packed for whoever takes that."""
        found = self.files.get(name)
        if found is None:
            abort(404)
        packed = found.packed if "gzip" in request.accept_encodings.values() else None
        response = Response(packed or found.plain, mimetype=found.media)
        response.headers["Cache-Control"] = _YEAR
        if found.packed is not None:
            response.vary.add("Accept-Encoding")
        if packed is not None:
            response.headers["Content-Encoding"] = "gzip"
        return response


def smaller(style: str) -> str:
    """A style sheet without comments and the white space that means nothing."""
    text = " ".join(_COMMENT.sub("", style).split())
    return _SPACE.sub(_closer, text).replace(";}", "}")


def _closer(found: re.Match[str]) -> str:
    """Space before a colon may part a selector from what is below it, and after a comma or colon it never means it."""
    sign = found[1]
    return f" {sign}" if sign == ":" and found[0].startswith(" ") else sign


def _joined(static: Traversable, ending: str, first: Traversable) -> str:
    parts = sorted(_ending(static / "parts", ending), key=lambda each: each.name)
    return "".join(each.read_text(encoding="utf-8") for each in (first, *parts))


def _ending(folder: Traversable, ending: str) -> list[Traversable]:
    return [each for each in folder.iterdir() if each.name.endswith(f".{ending}")]
