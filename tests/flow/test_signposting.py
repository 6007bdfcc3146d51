"""What the Signposting client of others reads in our pages (FAIR Signposting profile, level 2)."""

from __future__ import annotations

import msgspec
import pytest
from signposting import AbsoluteURI, Signposting, find_signposting_http_link
from signposting.linkset import LinksetJSON
from signposting.linkset import _parse_linkset_json as linkset_of

from schemas.record import Contribute, Entity, General, LangString, LifeCycle, Record, Rights, Technical, Vocabulary
from tests.support.api import Api, Caller

SITE = "http://repository.example"
ORCID = "https://orcid.org/0000-0002-1825-0097"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TWINS = {
    "jsonld": "application/ld+json", "ttl": "text/turtle", "nt": "application/n-triples",
    "rdf": "application/rdf+xml", "lom.xml": "application/xml", "json": "application/json",
}  # fmt: skip


def an_orcid(number: int) -> str:
    """A number with its check digit (ISO 7064, 11-2)."""
    digits, total = f"{number:015}", 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    found = digits + ("X" if check == 10 else str(check))
    return "https://orcid.org/" + "-".join(found[start : start + 4] for start in range(0, 16, 4))


def a_record(authors: int = 1) -> Record:
    card = "BEGIN:VCARD\nFN:Ana Silva {0}\nURL:{1}\nEND:VCARD"
    orcids = [ORCID, *map(an_orcid, range(1, authors))]
    entities = tuple(Entity(card.format(*each)) for each in enumerate(orcids))
    return Record(
        general=General(title=(LangString("nl", "Breuken"),)),
        life_cycle=LifeCycle(contribute=(Contribute(Vocabulary("LOMv1.0", "author"), entities),)),
        technical=Technical(location=("https://b.example/les",)),
        rights=Rights(
            None, Vocabulary("LOMv1.0", "yes"), (LangString("x-none", "https://creativecommons.org/licenses/by/4.0/"),)
        ),
    )


def read(api: Api, uuid: str, method: str = "HEAD") -> Signposting:
    address = f"/doc/resource/{uuid}"
    response = api.anybody.call(method, address)
    assert response.mimetype == "text/html"
    return find_signposting_http_link(response.headers.getlist("Link"), SITE + address)


@pytest.fixture
def record(api: Api, curator: Caller) -> str:
    return api.published(curator, a_record())


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_page_leads_to_its_thing_its_descriptions_licence_and_author(api: Api, record: str, method: str) -> None:
    found = read(api, record, method)

    assert found.citeAs is not None
    assert found.license is not None
    assert found.citeAs.target == f"{SITE}/id/resource/{record}"
    assert {post.target: post.type for post in found.describedBy} == {
        f"{SITE}/doc/resource/{record}.{ending}": media_type for ending, media_type in TWINS.items()
    }
    assert found.license.target == LICENCE
    assert {post.target for post in found.authors} == {ORCID}
    assert "https://schema.org/AboutPage" in {post.target for post in found.types}


def test_the_linkset_says_what_the_header_says_and_leads_back(api: Api, record: str) -> None:
    page = read(api, record)
    (post,) = page.linksets
    response = api.anybody.get(post.target.removeprefix(SITE))

    # Its public function fetches; this is what it does with what it got.
    at = AbsoluteURI(post.target)
    found = linkset_of(LinksetJSON(response.text, response.content_type, at, at))

    assert response.mimetype == post.type == "application/linkset+json"
    again = found.for_context(f"{SITE}/doc/resource/{record}")
    for rel in ("citeAs", "describedBy", "license", "authors", "items", "types"):
        assert _targets(getattr(again, rel)) == _targets(getattr(page, rel)), rel


def test_what_the_header_has_no_room_for_is_in_the_linkset(api: Api, curator: Caller) -> None:
    uuid = api.published(curator, a_record(authors=90))

    page = read(api, uuid)
    linkset = msgspec.json.decode(api.anybody.get(f"/doc/resource/{uuid}.linkset.json").data)["linkset"][0]

    assert page.citeAs is not None
    assert len(page.linksets) == 1
    assert len(page.authors) < len(linkset["author"]) == 90


def _targets(posts: object) -> set[str]:
    found = posts if isinstance(posts, set | list | tuple | frozenset) else {posts}
    return {str(post.target) for post in found if post is not None}
