"""The explorer: OAI-PMH for a person's browser, with a request builder; works by keyboard and without JavaScript.

A page shows the very document that a harvester gets, read back from its bytes, so it can show nothing else. Every
text in it is a stranger's: the templates escape all of it, and links lead only to this provider. The provider decides
who gets a page (oaipmh.provider.views.Explorer).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, render_template, request
from lxml import etree

from portal.web import i18n
from portal.web.page import know_language
from provider import tokens
from provider.arguments import RULES, TOKEN
from provider.endpoint import Endpoint
from provider.set_names import set_name
from repository.published import snapshot
from repository.site import Site
from schemas.namespaces import OAI
from schemas.xml.reader import CONTAINER, parse

_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_OFFERED: Final = 500  # sets in the list of the builder; where there are more, a set is typed


class Leaf(NamedTuple):
    """A value in a metadata part, and the way to it."""

    path: str
    value: str
    lang: str | None


class Record(NamedTuple):
    """A record or a header as the page shows it."""

    identifier: str
    datestamp: str
    deleted: bool
    sets: tuple[str, ...]
    title: str | None
    metadata: tuple[Leaf, ...]
    about: tuple[Leaf, ...]


class Token(NamedTuple):
    """The end of a page: where it began, how long the list is, the link to the next page."""

    cursor: int
    total: int
    link: str | None


def path_of(endpoint: Endpoint) -> str:
    """The path of a base URL, so that a browser stays on the host that it came to."""
    return urlsplit(endpoint.base_url).path


def chosen(fields: Mapping[str, str]) -> str:
    """The query string of a request from the builder: the arguments that the verb takes and that are not empty."""
    rule = RULES.get(fields.get("verb", ""))
    if rule is None:
        return ""
    taken = {"verb", *rule.required, *rule.optional}
    return urlencode({name: value.strip() for name, value in fields.items() if name in taken and value.strip()})


class Explorer:
    """The pages of all base URLs of a site, in the site's frame and the reader's language."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def start(self, endpoint: Endpoint) -> str:
        """The page without a verb: what there is, and the builder."""
        language = know_language(self.site)
        return render_template("site/oai/start.html", **_common(endpoint), **_builder(endpoint, language))

    def answer(self, endpoint: Endpoint, answer: bytes, query: str) -> str:
        """An answer as a page; `query` is the query string it answers."""
        know_language(self.site)
        return render_template("site/oai/answer.html", **_common(endpoint), **_shown(endpoint, answer, query))


def blueprint(endpoints: Mapping[str, Endpoint]) -> Blueprint:
    """Where the builder's form leads; it drops the empty fields of a form, which the protocol refuses."""
    pages = Blueprint("oai_explorer", __name__)

    def build(context: str = "") -> Response:
        if context not in endpoints:
            abort(404)
        where, query = path_of(endpoints[context]), chosen(request.args.to_dict())
        return Response(status=303, headers={"Location": f"{where}?{query}" if query else where})

    pages.add_url_rule("/oai/build.html", view_func=build, methods=("GET",))
    pages.add_url_rule("/oai/<context>/build.html", view_func=build, methods=("GET",))
    return pages


def _shown(endpoint: Endpoint, answer: bytes, query: str) -> dict[str, Any]:
    root = parse(answer, limits=CONTAINER).root
    request = root.find(f"{{{OAI}}}request")
    given = {str(name): str(value) for name, value in request.attrib.items()} if request is not None else {}
    body = root[2]
    shown: dict[str, Any] = {
        "verb": given.get("verb", ""),
        "given": given,
        "response_date": _text(root, "responseDate"),
        "errors": [(error.get("code"), error.text or "") for error in root.findall(f"{{{OAI}}}error")],
        "source": f"{path_of(endpoint)}/source.xml?{query or urlencode(given)}",
        "prefix": given.get("metadataPrefix") or _prefix_of(endpoint, given.get(TOKEN, "")),
    }
    return shown | _content(endpoint, body, given)


def _prefix_of(endpoint: Endpoint, token: str) -> str:
    """The format of the list that a token continues, else the first format there is."""
    known = tokens.read(token, endpoint.site.secrets)
    return known.prefix if known and known.prefix else endpoint.context.formats[0]


def _content(endpoint: Endpoint, body: etree._Element, given: dict[str, str]) -> dict[str, Any]:
    """What the answer holds, by the name of its element."""
    match etree.QName(body).localname:
        case "Identify":
            return {"identity": tuple(_leaves(body))}
        case "ListMetadataFormats":
            names = ("metadataPrefix", "schema", "metadataNamespace")
            return {"formats": [tuple(_text(each, name) for name in names) for each in body]}
        case "ListSets":
            sets = [(_text(each, "setSpec"), _text(each, "setName")) for each in body.iterfind(f"{{{OAI}}}set")]
            return {"sets": sets, "token": _token(endpoint, body, given)}
        case "GetRecord" | "ListRecords" | "ListIdentifiers":
            found = [_record(each) for each in body if etree.QName(each).localname in ("record", "header")]
            return {"records": found, "token": _token(endpoint, body, given)}
        case _:
            return {}


def _record(element: etree._Element) -> Record:
    header = element if etree.QName(element).localname == "header" else element[0]
    metadata = tuple(leaf for part in element.findall(f"{{{OAI}}}metadata") for leaf in _leaves(part[0]))
    return Record(
        _text(header, "identifier"),
        _text(header, "datestamp"),
        header.get("status") == "deleted",
        _narrowest([each.text or "" for each in header.findall(f"{{{OAI}}}setSpec")]),
        next((leaf.value for leaf in metadata if "title" in leaf.path.split(" › ")), None),
        metadata,
        tuple(leaf for part in element.findall(f"{{{OAI}}}about") for leaf in _leaves(part)),
    )


def _narrowest(specs: list[str]) -> tuple[str, ...]:
    """The sets that hold none of the others here: that a record is in their ancestors goes without saying."""
    return tuple(spec for spec in specs if not any(other.startswith(f"{spec}:") for other in specs))


def _leaves(element: etree._Element, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Every text of a part with the element names that lead to it, in document order; a few attributes likewise."""
    for child in element:
        way = (*path, etree.QName(child).localname)
        text = (child.text or "").strip()
        if text:
            yield Leaf(" › ".join(way), text, child.get(_LANG) or child.get("language"))
        for name, value in child.attrib.items():
            if str(name) in ("ref", "harvestDate", "altered"):
                yield Leaf(" › ".join((*way, str(name))), str(value), None)
        yield from _leaves(child, way)


def _token(endpoint: Endpoint, body: etree._Element, given: dict[str, str]) -> Token | None:
    token = body.find(f"{{{OAI}}}{TOKEN}")
    if token is None:
        return None
    link = f"{path_of(endpoint)}?{urlencode({'verb': given['verb'], TOKEN: token.text})}" if token.text else None
    return Token(int(token.get("cursor") or 0), int(token.get("completeListSize") or 0), link)


def _text(element: etree._Element, name: str) -> str:
    return element.findtext(f"{{{OAI}}}{name}") or ""


def _common(endpoint: Endpoint) -> dict[str, Any]:
    others = [
        (context.title, f"{path_of(endpoint).removesuffix(f'/{endpoint.context.name}')}/{name}")
        for name, context in endpoint.site.contexts.items()
        if name
    ]
    return {
        "path": path_of(endpoint),
        "base_url": endpoint.base_url,
        "context": endpoint.context,
        "contexts": others,
        "link": _linker(path_of(endpoint)),
        "in_language": lambda tag: f"{path_of(endpoint)}?lang={tag}",  # the protocol refuses it beside a verb
    }


def _linker(path: str) -> Callable[..., str]:
    """What makes the links of the templates: every argument is encoded."""

    def link(verb: str, **given: str) -> str:
        return f"{path}?{urlencode({'verb': verb, **given})}"

    return link


def _builder(endpoint: Endpoint, language: str) -> dict[str, Any]:
    site, context = endpoint.site, endpoint.context
    with snapshot(site.database) as line:
        specs = [spec for spec in line.specs(context.name) if context.offers(spec)]
    languages = i18n.labels_in(language, site.config.site.languages)
    return {
        "verbs": tuple(RULES),
        "formats": context.formats,
        "sets": [(spec, set_name(spec, site.vocabularies, languages)) for spec in specs[:_OFFERED]],
        "all_sets": len(specs) <= _OFFERED,
    }
