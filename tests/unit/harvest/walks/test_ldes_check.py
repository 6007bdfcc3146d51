"""The checker of event streams: one planted violation after the other is found, and nothing in a sound stream."""

from __future__ import annotations

import pytest

from harvest.errors import BadStatus
from harvest.network.answer import Answer
from harvest.walks.ldes.check import check

BASE = "http://s.x/ldes"
PREFIXES = """@prefix ldes: <https://w3id.org/ldes#> . @prefix tree: <https://w3id.org/tree#> .
@prefix as: <https://www.w3.org/ns/activitystreams#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . """
ROOT = """<http://s.x/ldes#s> a ldes:EventStream ; tree:view <http://s.x/ldes> ;
  ldes:timestampPath as:published ; ldes:versionOfPath as:object .
<http://s.x/ldes> ldes:retentionPolicy <http://s.x/ldes#r> .
<http://s.x/ldes#r> a ldes:RetentionPolicy . """
RELATION = """<http://s.x/ldes> tree:relation <http://s.x/ldes#g>, <http://s.x/ldes#l> .
<http://s.x/ldes#g> a tree:GreaterThanOrEqualToRelation ; tree:node <http://s.x/ldes/0> ;
  tree:path as:published ; tree:value "2026-01-01T00:00:00Z"^^xsd:dateTime .
<http://s.x/ldes#l> a tree:LessThanRelation ; tree:node <http://s.x/ldes/0> ;
  tree:path as:published ; tree:value "2026-02-01T00:00:00Z"^^xsd:dateTime . """
LEAF = """<http://s.x/ldes#s> tree:member <http://s.x/a/1>, <http://s.x/a/2> .
<http://s.x/ldes/0> ldes:immutable true .
<http://s.x/a/1> a as:Create ; as:object <http://s.x/1> ; as:published "2026-01-02T00:00:00Z"^^xsd:dateTime .
<http://s.x/a/2> a as:Create ; as:object <http://s.x/2> ; as:published "2026-01-03T00:00:00Z"^^xsd:dateTime . """
IMMUTABLE = {"cache-control": "public, max-age=31536000, immutable"}
Pages = dict[str, tuple[str, dict[str, str]]]


class Web:
    """Pages in memory; `after` replaces some of them for the second walk."""

    def __init__(self, pages: Pages, after: Pages | None = None) -> None:
        self.pages = pages
        self.after = after or {}
        self.roots = 0

    def get(self, url: str, headers: dict[str, str]) -> Answer:
        assert headers["Accept"]
        self.roots += url == BASE
        pages = self.pages | self.after if self.roots > 1 else self.pages
        if url not in pages:
            raise BadStatus(url, 404)
        body, more = pages[url]
        return Answer(url, 200, {"content-type": "text/turtle", **more}, (PREFIXES + body).encode())


def sound() -> Pages:
    return {BASE: (ROOT + RELATION, {}), f"{BASE}/0": (LEAF, IMMUTABLE)}


def codes(web: Web, *, again: bool = False) -> set[str]:
    return {violation.code for violation in check(web, BASE, 100, lambda: None, again=again).violations}


def test_a_sound_stream_has_no_violation() -> None:
    report = check(Web(sound()), BASE, 100, lambda: None, again=True)

    assert report.violations == ()
    assert (report.pages, report.members) == (2, 2)


def test_a_stream_may_be_named_by_its_own_iri() -> None:
    pages = sound()
    pages["http://s.x/stream"] = ("<http://s.x/stream> tree:view <http://s.x/ldes> .", {})

    report = check(Web(pages), "http://s.x/stream", 100, lambda: None)

    assert (report.pages, report.members, report.violations) == (2, 2, ())


PLANTED = [
    ("view_missing", "", ("tree:view <http://s.x/ldes> ;", "")),
    ("view_ambiguous", "", (ROOT, ROOT + "<http://s.x/ldes#t> tree:view <http://s.x/ldes> .")),
    ("context_repeated", "", ("ldes:timestampPath as:published", "ldes:timestampPath as:published, as:updated")),
    ("retention_repeated", "", (ROOT, ROOT + "<http://s.x/ldes> ldes:retentionPolicy <http://s.x/ldes#s> .")),
    ("retention_not_iri", "", ("ldes:retentionPolicy <http://s.x/ldes#r>", 'ldes:retentionPolicy "all"')),
    ("retention_empty", "", ("<http://s.x/ldes#r> a ldes:RetentionPolicy .", "")),
    ("relation_node", "", ("LessThanRelation ; tree:node <http://s.x/ldes/0>", "LessThanRelation")),
    ("node_not_iri", "", ("LessThanRelation ; tree:node <http://s.x/ldes/0>", 'LessThanRelation ; tree:node "x"')),
    ("relation_path", "", ("tree:path as:published ; tree:value \"2026-02", "tree:value \"2026-02")),
    ("relation_value", "", (' ; tree:value "2026-02-01T00:00:00Z"^^xsd:dateTime .', " .")),
    ("value_not_a_time", "", ("2026-02-01T00:00:00Z", "2026-02-01T00:00:00")),
    ("page_missing", "", ("LessThanRelation ; tree:node <http://s.x/ldes/0>", "Relation ; tree:node <http://s.x/ldes/9>")),
    ("member_out_of_bounds", "", ("2026-02-01T00:00:00Z", "2026-01-03T00:00:00Z")),
    ("member_not_iri", "/0", ("<http://s.x/a/1>, <http://s.x/a/2>", '<http://s.x/a/1>, "two"')),
    ("member_without_timestamp", "/0", (' ; as:published "2026-01-03T00:00:00Z"^^xsd:dateTime', "")),
    ("timestamp_not_a_time", "/0", ("2026-01-03T00:00:00Z", "2026-01-03")),
    ("member_without_version_of", "/0", ("as:object <http://s.x/2> ; ", "")),
    ("not_rdf", "/0", ("<http://s.x/a/2> a as:Create", "<http://s.x/a/2> a")),
    ("cycle", "/0", (LEAF, LEAF + "<http://s.x/ldes/0> tree:relation <http://s.x/r> . "
                     "<http://s.x/r> a tree:Relation ; tree:node <http://s.x/ldes> .")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "page", "change"), PLANTED)
def test_a_planted_violation_is_found(code: str, page: str, change: tuple[str, str]) -> None:
    pages = sound()
    body, headers = pages[BASE + page]
    assert change[0] in body
    pages[BASE + page] = (body.replace(*change), headers)

    assert code in codes(Web(pages))


def test_an_immutable_page_whose_header_says_otherwise_is_found() -> None:
    pages = sound()
    pages[f"{BASE}/0"] = (LEAF, {"cache-control": "no-cache"})

    assert codes(Web(pages)) == {"immutable_disagree"}


def test_a_page_of_another_media_type_is_found() -> None:
    pages = sound()
    pages[f"{BASE}/0"] = (LEAF, {"content-type": "text/html", **IMMUTABLE})

    assert codes(Web(pages)) == {"media_type"}


def test_a_member_that_differs_between_pages_is_found() -> None:
    pages = sound()
    second = RELATION.replace("ldes#g", "ldes#g2").replace("ldes#l", "ldes#l2").replace("ldes/0", "ldes/1")
    pages[BASE] = (ROOT + RELATION + second, {})
    pages[f"{BASE}/1"] = (
        LEAF.replace("http://s.x/2>", "http://s.x/3>").replace("ldes/0", "ldes/1"),
        IMMUTABLE,
    )

    assert codes(Web(pages)) == {"member_changed"}


THIRD = """<http://s.x/ldes#s> tree:member <http://s.x/a/3> .
<http://s.x/a/3> a as:Create ; as:object <http://s.x/3> ; as:published "2026-01-02T12:00:00Z"^^xsd:dateTime . """


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("page_changed", LEAF + "<http://s.x/x> a as:Note ."),
        ("member_changed", LEAF.replace("as:Create ; as:object <http://s.x/2>", "as:Note ; as:object <http://s.x/2>")),
        ("member_gone", LEAF.replace(", <http://s.x/a/2>", "")),
        ("late_member", LEAF + THIRD),
    ],
)  # fmt: skip
def test_what_must_stay_and_changed_is_found_at_the_second_walk(code: str, after: str) -> None:
    web = Web(sound(), {f"{BASE}/0": (after, IMMUTABLE)})

    assert code in codes(web, again=True)


def test_a_page_that_is_gone_counts_as_empty() -> None:
    class Gone(Web):
        def get(self, url: str, headers: dict[str, str]) -> Answer:
            if url.endswith("/0"):
                raise BadStatus(url, 410)
            return super().get(url, headers)

    assert codes(Gone(sound())) == set()


def test_a_walk_ends_at_its_bound() -> None:
    assert check(Web(sound()), BASE, 1, lambda: None).pages == 1
