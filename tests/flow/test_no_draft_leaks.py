"""No draft is visible anywhere public: a word in each of them, and every public address, format and role is asked.

A route that takes an argument this test does not know fails it, so that a new surface cannot be forgotten
(reliability.md, threats).
"""

from __future__ import annotations

import itertools
import logging
import uuid as uuids
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from harvest import quarantine
from portal.server.logs import JsonLines
from repository.accounts import organisations
from repository.config.sections import ContextSection, OaiSection
from repository.deposit.order import Outcome
from repository.linked import dumps
from repository.published import snapshot
from repository.upkeep import doctor, erasure
from schemas.errors import Problem
from schemas.formats.format import Delivery
from schemas.record import General, LangString, Record, Technical
from tests.support.api import HARVEST, Api, Caller, body_of

ENDINGS = ("", ".html", ".jsonld", ".ttl", ".nt", ".rdf", ".lom.xml", ".json")
ACCEPTS = ("*/*", "text/html", "application/json", "application/ld+json", "text/turtle", "application/xml")
PREFIXES = ("oai_dc", "lom", "rdf")
PUBLIC = "Zichtbaar"


@dataclass
class Hidden:
    """What must not be seen: the word of each hidden thing, by what it is."""

    words: dict[str, str] = field(default_factory=dict)
    uuids: dict[str, str] = field(default_factory=dict)
    batch: str = ""

    def word(self, what: str) -> str:
        return self.words.setdefault(what, f"w{uuids.uuid4().hex}")

    def record(self, what: str) -> Record:
        """A record that says its word in its title, text, keyword, address and format."""
        word = self.word(what)
        texts = (LangString("nl", f"{PUBLIC} niet {word}"),)
        return Record(
            general=General(title=texts, description=(texts,), keyword=((LangString("nl", word),),), language=("nl",)),
            technical=Technical(location=(f"https://example.org/{word}",), format=(f"text/{word}",)),
        )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    contexts = (ContextSection("closed", filter="open=false"),)
    api = Api(tmp_path, oai=OaiSection(domain="repository.example", page_size=2, context=contexts))
    yield api
    assert doctor.examine(api.site) == []
    api.site.database.dispose()


def _filled(api: Api) -> Hidden:
    """A record in every state that the public may not see, beside one that it may."""
    hidden = Hidden()
    teacher, curator = api.person("contributor", "teacher"), api.person("curator")
    organisations.add(api.site, "linde", "De Linde")
    organisations.join(api.site, "linde", teacher.email, "member")

    for state in ("draft", "submitted", "in_review", "changes_requested", "rejected", "withdrawn draft"):
        query = "?as=draft" if "draft" in state else ""
        hidden.uuids[state] = teacher.created(hidden.record(state), query)
    curator.act(hidden.uuids["in_review"], "claim")
    curator.act(hidden.uuids["changes_requested"], "request_changes", note=hidden.word("note to its author"))
    curator.act(hidden.uuids["rejected"], "reject", note=hidden.word("note of a rejection"))
    teacher.act(hidden.uuids["withdrawn draft"], "withdraw", note=hidden.word("note of a withdrawal"))
    owned = teacher.post("?as=draft", json={"organisation": "linde", "record": _tree(hidden, "draft of a member")})
    hidden.uuids["draft of a member"] = body_of(owned)["id"]

    hidden.uuids["edit of a public record"] = api.published(curator, PUBLIC)
    curator.put(hidden.uuids["edit of a public record"], 1, hidden.record("edit of a public record"), "?as=draft")
    tree = {
        "general": {"title": [{"lang": "nl", "value": PUBLIC}]},
        "technical": {"location": ["https://example.org/kim"]},
    }
    delivered = body_of(curator.post(json={"source": {"name": "kim", "key": "1"}, "record": tree}))["id"]
    hidden.uuids["open edit of a delivery"] = delivered
    curator.put(delivered, 1, hidden.record("open edit of a delivery"), "?as=submitted")
    api.publish()

    for state in ("withdrawn", "deleted", "erased"):
        hidden.uuids[state] = api.published(curator, hidden.record(state))
    curator.act(hidden.uuids["withdrawn"], "withdraw", note="een reden")
    curator.delete(hidden.uuids["deleted"], reason="een reden")
    erasure.erase(api.site, hidden.uuids["erased"], "een reden")
    api.publish()

    table = f"title,url\n{hidden.word('staged import')},https://example.org/staged\n"
    staged = teacher.post("/api/v1/imports", data=table, content_type="text/csv")
    hidden.batch = body_of(staged)["id"]
    hidden.words |= {"address of an author": teacher.email, "address of a curator": curator.email}
    _hold(api, hidden.word("bytes in quarantine"))
    return hidden


def _hold(api: Api, word: str) -> None:
    """A record that a source sent and that could not be taken."""
    problem = Problem("", "not_xml", "The XML is not well-formed on line 1.")
    sent = Delivery(
        place="record 1", format="oai-pmh", identifier="oai:x:1", problems=(problem,), source_bytes=word.encode()
    )
    outcome = Outcome("rejected", "record 1", "oai:x:1", code="not_xml", reason=problem.message)
    with api.site.database.write() as connection:
        quarantine.keep(connection, HARVEST, [(sent, outcome)], int(api.site.clock.now()))


def _tree(hidden: Hidden, what: str) -> dict[str, object]:
    return {
        "general": {"title": [{"lang": "nl", "value": hidden.word(what)}]},
        "technical": {"location": [f"https://example.org/{hidden.word(what)}"]},
    }


def _dumps(api: Api) -> list[str]:
    with snapshot(api.site.database) as line:
        return [one.name for one in dumps.listed(line)]


def _positions(api: Api) -> list[int]:
    with api.site.database.read() as connection:
        return [int(row[0]) for row in connection.execute(text("SELECT position FROM log"))]


def _addresses(api: Api, hidden: Hidden) -> Iterator[str]:
    """Every address that a GET can ask, with every value that its arguments can sensibly have."""
    uuids_ = list(hidden.uuids.values())
    values: dict[str, list[str]] = {
        "uuid": uuids_,
        "name": [*(uuid + ending for uuid in uuids_ for ending in ENDINGS), "0", "i0", *_dumps(api)],
        "n": ["1", "2", "3"],
        "scheme": ["subject", "source"],
        "source": [HARVEST],
        "row": ["1"],
        "batch": [hidden.batch],
        "context": ["closed"],
        "filename": ["nothing"],
        "position": [str(position) for position in _positions(api)],
        "notation": ["primary"],
        "start": ["0"],
        "secret": ["nothing"],
        "token": ["nothing"],
        "slug": ["linde"],
        "receipt": ["nothing"],
        "request_id": ["1"],
        "handle": ["nobody"],
        "number": ["1"],
        "ending": ["nq", "jsonl", "lom.xml"],
    }
    for rule in api.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        arguments = sorted(set(rule.arguments) - set(rule.defaults or ()))
        unknown = set(arguments) - set(values)
        assert not unknown, f"{rule.rule}: say in this test what {', '.join(unknown)} may be"
        for chosen in itertools.product(*(values[name] for name in arguments)):
            path = rule.rule
            for name, value in zip(arguments, chosen, strict=True):
                path = path.replace(f"<path:{name}>", value).replace(f"<{name}>", value)
            yield path
            if rule.endpoint == "api.read":
                yield path + "?version=working"
            if rule.endpoint == "api.list":
                yield from (f"{path}?limit=2&set={spec}" for spec in ("closed", "language:nl", "organisation:linde"))
            if rule.endpoint == "api.vocabulary":
                yield from (f"{path}?q={word}" for word in ("een", "breuk"))
            if path in ("/oai", "/oai/closed"):
                yield from _verbs(api, path, uuids_)


def _verbs(api: Api, path: str, uuids_: list[str]) -> Iterator[str]:
    yield from (f"{path}?verb={verb}" for verb in ("Identify", "ListSets", "ListMetadataFormats"))
    for prefix in PREFIXES:
        yield from (f"{path}?verb={verb}&metadataPrefix={prefix}" for verb in ("ListRecords", "ListIdentifiers"))
        yield f"{path}?verb=ListRecords&metadataPrefix={prefix}&set=closed"
        for uuid in uuids_:
            yield f"{path}?verb=GetRecord&metadataPrefix={prefix}&identifier={api.site.oai_identifier(uuid)}"
    for uuid in uuids_:
        yield f"{path}?verb=ListMetadataFormats&identifier={api.site.oai_identifier(uuid)}"


def _tokens(text: str) -> Iterator[str]:
    """The resumption token of a list, if it goes on."""
    _, found, rest = text.partition("<resumptionToken")
    token = rest.partition(">")[2].partition("<")[0] if found else ""
    if token:
        yield unescape(token)


def _said(response: TestResponse) -> str:
    return f"{response.status} {response.headers} {response.get_data(as_text=True)}"


def _crawled(who: Caller, addresses: list[str], accepts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What everything answers to somebody, lists to their end."""
    left = [(address, accept) for address in addresses for accept in accepts]
    while left:
        address, accept = left.pop()
        said = _said(who.get(address, headers={"Accept": accept}))
        yield f"{accept} {address}", said
        if "verb=List" in address:
            path, _, query = address.partition("?")
            verb = query.partition("&")[0]
            left += [(f"{path}?{verb}&resumptionToken={quote(token)}", accept) for token in _tokens(said)]


def _leaks(said: str, hidden: Hidden, allowed: tuple[str, ...] = ()) -> list[str]:
    return [what for what, word in hidden.words.items() if word in said and what not in allowed]


def _once_public(address: str) -> tuple[str, ...]:
    """What an address may still say: a stream keeps what was a member, also of records that are gone (but erased)."""
    return ("withdrawn", "deleted") if " /ldes" in address or " /feeds/changes" in address else ()


def test_the_words_are_there_for_those_who_may_see_them(site: Api) -> None:
    hidden = _filled(site)
    teacher, curator = site.person("contributor", "teacher"), site.person("curator")

    for state in ("draft", "submitted", "in_review", "changes_requested", "rejected", "draft of a member"):
        assert hidden.words[state] in teacher.get(f"{hidden.uuids[state]}?version=working").text, state
    for state in ("edit of a public record", "open edit of a delivery", "withdrawn", "deleted"):
        assert hidden.words[state] in curator.get(f"{hidden.uuids[state]}?version=working").text, state


@pytest.mark.parametrize("who", ["anybody", "contributor", "reader"])
def test_nobody_else_sees_a_word_of_a_draft(site: Api, who: str, caplog: pytest.LogCaptureFixture) -> None:
    hidden = _filled(site)
    somebody = {
        "anybody": site.anybody,
        "contributor": site.person("contributor", "other"),
        "reader": site.person("contributor", "other", scope="read"),
    }[who]
    addresses = list(_addresses(site, hidden))
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    public = 0

    for address, said in _crawled(somebody, addresses, ACCEPTS if who == "anybody" else ACCEPTS[:1]):
        assert not _leaks(said, hidden, _once_public(address)), address
        assert " 500 " not in f" {said[:10]}", address
        public += PUBLIC in said

    assert public > 10  # The crawl did see what is public.
    lines = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert not _leaks(lines, hidden)


def test_a_reviewer_sees_what_was_submitted_and_no_draft(site: Api) -> None:
    hidden = _filled(site)
    reviewer = site.person("reviewer")
    submitted = ("submitted", "in_review", "changes_requested", "rejected", "open edit of a delivery")
    allowed = (*submitted, "note to its author", "note of a rejection", "address of an author", "address of a curator")

    seen = ""
    for address, said in _crawled(reviewer, list(_addresses(site, hidden)), ACCEPTS[:1]):
        assert not _leaks(said, hidden, (*allowed, *_once_public(address))), address
        seen += said

    assert all(hidden.words[state] in seen for state in submitted)


def test_a_write_that_is_refused_tells_nothing(site: Api) -> None:
    hidden = _filled(site)
    other = site.person("contributor", "other")

    for uuid in hidden.uuids.values():
        for response in (
            other.put(uuid, 1, {"general": {"title": [{"lang": "nl", "value": "x"}]}}),
            other.delete(uuid, reason="x"),
            other.act(uuid, "claim"),
            other.act(uuid, "restore"),
            other.post(json={"id": uuid, "source": {"name": "kim", "key": "1"}, "record": {}}),
        ):
            assert response.status_code in (403, 404, 409, 410, 412, 422), response.text
            assert not _leaks(_said(response), hidden)


def test_the_log_of_a_refused_write_holds_no_word_of_it(site: Api, caplog: pytest.LogCaptureFixture) -> None:
    hidden = Hidden()
    curator = site.person("curator")
    word = hidden.word("a body")
    caplog.set_level(logging.DEBUG)

    for body in ({word: 1}, {"general": {word: []}}, {"organisation": word, "record": {}}):
        response = curator.post("?as=draft", json=body)
        assert response.status_code == 422
        assert word in response.text

    assert any(record.name == "portal.app" for record in caplog.records)
    assert not _leaks("\n".join(JsonLines().format(record) for record in caplog.records), hidden)
