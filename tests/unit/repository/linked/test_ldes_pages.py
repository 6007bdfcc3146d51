"""The event stream: what its pages hold, that sealed ones never change, that none is ever gone."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from isal import igzip
from rdflib import Dataset, Graph, Literal, URIRef

from repository.config.sections import SiteSection
from repository.linked import graphs, ldes_erasure, ldes_pages, ldes_quads, ldes_sealing, syntaxes
from repository.published import snapshot
from repository.publishing import publication
from repository.site import PageSizes, Site, open_site
from repository.upkeep import erasure
from schemas.record import General, LangString, Record, Technical
from tests.support.site import FakeClock, accept, collect, uuid_of, withdraw

AS = "https://www.w3.org/ns/activitystreams#"
TREE = "https://w3id.org/tree#"


def a_record(title: str) -> Record:
    return Record(
        general=General(title=(LangString("nl", title),)), technical=Technical(location=("https://b.example/1",))
    )


@pytest.fixture
def page_sizes() -> PageSizes:
    """Pages of three members and of two leaves: every edge within a few records."""
    return PageSizes(members=3, leaves=2)


@pytest.fixture
def clock(ticking: FakeClock) -> FakeClock:
    return ticking


@pytest.fixture
def site(place: Site) -> Site:
    return place


def publish(site: Site, clock: FakeClock, *titles: str) -> list[int]:
    ids = [accept(site, a_record(title)) for title in titles]
    seal(site, clock)
    return ids


def seal(site: Site, clock: FakeClock) -> None:
    clock.pass_(2)
    assert publication.publish(site) is not None
    ldes_sealing.seal(site)


def read(site: Site, name: str) -> Dataset:
    with snapshot(site.database) as line:
        page = ldes_pages.page(site, line, name)
    assert page is not None
    assert page.moved is None, name
    return parsed(page.nquads)


def parsed(nquads: bytes) -> Dataset:
    found = Dataset()
    found.parse(data=nquads, format="nquads")
    return found


def root(site: Site) -> Dataset:
    with snapshot(site.database) as line:
        return parsed(ldes_pages.root(site, line))


def links(page: Dataset) -> list[str]:
    """The names of the pages that a page leads to."""
    return sorted({str(node).rpartition("/")[2] for node in page.objects(None, URIRef(f"{TREE}node"))})


def walk(site: Site) -> list[tuple[str, str, str]]:
    """(when, what, of what) of every member, by following the relations from the root, in order of activity."""
    found: set[tuple[int, str, str, str]] = set()
    waiting = links(root(site))
    while waiting:
        page = read(site, waiting.pop())
        waiting += links(page)
        for activity in page.objects(None, URIRef(f"{TREE}member")):
            kind = str(page.value(activity, URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")))
            when = str(page.value(activity, URIRef(f"{AS}published")))
            of = str(page.value(activity, URIRef(f"{AS}object")))
            found.add((int(str(activity).rpartition("/")[2]), when, kind.removeprefix(AS), of))
    return [each[1:] for each in sorted(found)]


def test_an_empty_stream_has_a_root_that_leads_nowhere(site: Site) -> None:
    assert links(root(site)) == []


def test_changes_are_members_in_their_order(site: Site, clock: FakeClock) -> None:
    first, second = publish(site, clock, "a", "b")
    accept(site, a_record("c"), id_=first)
    seal(site, clock)
    withdraw(site, second)
    seal(site, clock)

    kinds = [(kind, of.rpartition("/")[2]) for _, kind, of in walk(site)]

    a, b = uuid_of(site, first), uuid_of(site, second)
    assert kinds == [("Create", a), ("Create", b), ("Update", a), ("Delete", b)]


def test_a_change_that_leaves_the_graph_as_it_is_is_no_member(site: Site, clock: FakeClock) -> None:
    (record,) = publish(site, clock, "a")
    collect(site, record, "spring")
    seal(site, clock)

    assert len(walk(site)) == 1


def test_a_full_page_is_sealed_and_its_address_never_changes_what_it_holds(site: Site, clock: FakeClock) -> None:
    publish(site, clock, "a", "b", "c")
    sealed = links(read(site, "i0"))
    with snapshot(site.database) as line:
        before = ldes_pages.page(site, line, sealed[0])
    for title in "defghijkl":
        publish(site, clock, title)

    with snapshot(site.database) as line:
        after = ldes_pages.page(site, line, sealed[0])

    assert before == after
    assert before is not None
    assert before.sealed
    assert len(walk(site)) == 12


def test_pages_of_leaves_are_sealed_when_full(site: Site, clock: FakeClock) -> None:
    for title in "abcdefg":
        publish(site, clock, title)

    names = links(root(site))

    assert [name.partition("-")[0] for name in names] == ["i0", "i1"]
    assert list(read(site, names[0]).objects(None, URIRef("https://w3id.org/ldes#immutable"))) == [Literal(True)]
    assert links(read(site, names[1])) == ["2"]


def test_an_open_page_that_was_sealed_is_moved_not_gone(site: Site, clock: FakeClock) -> None:
    publish(site, clock, "a")
    publish(site, clock, "b", "c")

    with snapshot(site.database) as line:
        page = ldes_pages.page(site, line, "0")

    assert page is not None
    assert page.moved is not None
    assert page.moved.startswith("0-")


@pytest.mark.parametrize("name", ["1", "i1", "0-00000000", "x", "00", "-1", "i", "9999999999", "0-zz"])
def test_a_page_that_was_never_linked_is_none(site: Site, clock: FakeClock, name: str) -> None:
    publish(site, clock, "a")

    with snapshot(site.database) as line:
        assert ldes_pages.page(site, line, name) is None


def test_every_member_lies_within_the_bounds_that_lead_to_it(site: Site, clock: FakeClock) -> None:
    publish(site, clock, *"abcdefgh")  # one datestamp over three leaves
    publish(site, clock, "i")

    for parent in (root(site), *(read(site, name) for name in links(root(site)))):
        for relation in parent.objects(None, URIRef(f"{TREE}relation")):
            kind = str(parent.value(relation, URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")))
            bound = parent.value(relation, URIRef(f"{TREE}value"))
            page = read(site, str(parent.value(relation, URIRef(f"{TREE}node"))).rpartition("/")[2])
            for when in page.objects(None, URIRef(f"{AS}published")):
                assert when >= bound if "GreaterThan" in kind else when < bound


def test_the_payload_of_a_member_is_the_graph_of_the_record(site: Site, clock: FakeClock) -> None:
    (record,) = publish(site, clock, 'Zeg "ja"\n & nee')
    with snapshot(site.database) as line:
        item = line.find(uuid_of(site, record))
        assert item is not None
        face = graphs.graph(site, line, item.position)

    page = read(site, "0")

    payload = page.graph(URIRef(f"{site.base_url}/id/activity/{item.position}"))
    assert set(payload) == set(Graph().parse(data=face, format="nt"))


def test_sealing_again_from_the_log_gives_the_same_page_whoever_does_it(site: Site, clock: FakeClock) -> None:
    ids = [accept(site, a_record(title)) for title in "abc"]
    clock.pass_(2)
    publication.publish(site)
    with site.database.read() as connection:
        found = ldes_pages.open_members(connection, -1, 3)
    at = ldes_pages.addresses(site)
    content = b"".join(ldes_quads.members(found, at))
    ldes_sealing.seal(site)

    with snapshot(site.database) as line:
        page = ldes_pages.page(site, line, f"0-{ldes_quads.digest_of([content])}")

    assert len(ids) == 3
    assert page is not None
    assert page.nquads.endswith(content)


@pytest.mark.parametrize("write", [syntaxes.trig, syntaxes.json_ld])
def test_the_three_syntaxes_say_the_same_quads(site: Site, clock: FakeClock, write: object) -> None:
    publish(site, clock, 'a "quoted"\\ \n\t title', "b", "c")
    (name,) = links(read(site, "i0"))
    with snapshot(site.database) as line:
        page = ldes_pages.page(site, line, name)
    assert page is not None
    form = {syntaxes.trig: "trig", syntaxes.json_ld: "json-ld"}[write]  # type: ignore[index]

    other = Dataset()
    other.parse(data=write(page.nquads), format=form)  # type: ignore[operator]

    assert quads(other) == quads(parsed(page.nquads))


def quads(found: Dataset) -> set[tuple[object, ...]]:
    default = {None, URIRef("urn:x-rdflib:default")}
    return {(s, p, o, None if g in default else g) for s, p, o, g in found.quads()}


def test_json_ld_of_a_page_names_graphs_by_activity(site: Site, clock: FakeClock) -> None:
    publish(site, clock, "a")
    with snapshot(site.database) as line:
        page = ldes_pages.page(site, line, "0")
    assert page is not None

    nodes = msgspec.json.decode(syntaxes.json_ld(page.nquads))

    assert [node["@type"] for node in nodes if "@graph" in node] == [[f"{AS}Create"]]


def test_a_repository_that_moves_says_the_same_under_its_new_address(
    site: Site, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    publish(site, clock, "a", "b", "c")
    publish(site, clock, "d")
    before = walk(site)
    config = msgspec.structs.replace(site.config, site=SiteSection(base_url="http://elsewhere.example:81"))
    moved = open_site(config, clock, page_sizes=site.page_sizes)
    request.addfinalizer(moved.database.dispose)

    first = walk(moved)
    ldes_sealing.seal(moved)
    name = links(read(moved, "i0"))[0]
    with snapshot(moved.database) as line:
        page = ldes_pages.page(moved, line, name)

    assert [
        (when, kind, of.replace("http://elsewhere.example:81", site.base_url)) for when, kind, of in first
    ] == before
    assert page is not None
    assert b"repository.example" not in page.nquads
    assert igzip.decompress(page.gzip) == page.nquads


def test_an_erasure_rewrites_pages_moves_their_addresses_and_keeps_the_activities(
    site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    ids = publish(site, clock, "a", "geheim", "c")
    publish(site, clock, *"defg")
    (index, _) = links(root(site))
    leaf, other = links(read(site, index))

    erasure.erase(site, uuid_of(site, ids[1]), "asked")
    seal(site, clock)
    assert ldes_erasure.erase(site) == 1

    new_index = links(root(site))[0]
    new_leaf = links(read(site, new_index))[0]
    with snapshot(site.database) as line:
        moved = [ldes_pages.page(site, line, name) for name in (leaf, index)]
        page = ldes_pages.page(site, line, new_leaf)
    assert [one.moved for one in moved if one is not None] == [new_leaf, new_index]
    assert page is not None
    assert b"geheim" not in page.nquads
    assert igzip.decompress(page.gzip) == page.nquads
    assert links(read(site, new_index))[1] == other
    assert [kind for _, kind, _ in walk(site)].count("Create") == 7
    assert walk(site)[-1][1:] == ("Delete", f"{site.base_url}/id/resource/{uuid_of(site, ids[1])}")
    assert ldes_erasure.erase(site) == 0
