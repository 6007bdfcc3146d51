"""The pages of somebody who is logged in: profile and its public side, tokens, data, the end of an account."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from repository.accounts import my_data, people, tokens
from repository.jobs import mail_outbox
from repository.storage.tables import metadata
from repository.upkeep import backup, erasure
from tests.support.api import Api, Caller
from tests.support.browsing import Form, Visitor, a_person, somebody

SUBJECT = "https://w3id.org/oerbron/subject/mathematics"


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    return Api(tmp_path)


def _publish(visitor: Visitor, **typed: Any) -> Any:
    profile = {"name": "Ann Peeters", "handle": "ann-peeters", "about": "Ik geef wiskunde.", "orcid": ""}
    return visitor.send("/my/profile", **{**profile, "public": ["profile", "name"], **typed})


def test_a_profile_is_private_until_the_person_says_otherwise(api: Api) -> None:
    visitor = somebody(api)
    _publish(visitor, public=[])

    assert Visitor(api).get("/people/ann-peeters").status_code == 404


def test_of_a_public_profile_only_chosen_fields_are_seen(api: Api) -> None:
    visitor = somebody(api)
    assert _publish(visitor, orcid="0000-0002-1825-0097").status_code == 303

    page = Visitor(api).get("/people/ann-peeters")

    assert page.status_code == 200
    assert "Ann Peeters" in page.text
    for hidden in ("Ik geef wiskunde.", "0000-0002", "ann@example.org"):
        assert hidden not in page.text


def test_a_profile_set_private_again_is_gone_at_once_everywhere(api: Api) -> None:
    """Pitfall: it leaves its page, the sitemap, feeds and search with the next request."""
    visitor = somebody(api)
    _publish(visitor, public=["profile", "name", "about", "resources"])
    public = (
        "/people/ann-peeters",
        "/sitemap.xml",
        "/sitemap/people.xml",
        "/search?q=peeters",
        "/feeds/changes.xml",
        "/suggest?q=ann",
    )
    assert "Ann Peeters" in Visitor(api).get("/people/ann-peeters").text
    assert "http://repository.example/people/ann-peeters<" in Visitor(api).get("/sitemap/people.xml").text
    assert "/sitemap/people.xml" in Visitor(api).get("/robots.txt").text
    api.index()

    _publish(visitor, public=["name", "about", "resources"])

    stranger = Visitor(api)
    assert stranger.get("/people/ann-peeters").status_code == 404
    for path in public:
        said = stranger.get(path).text
        assert "Ann Peeters" not in said
        assert "people/ann-peeters" not in said


def test_works_of_a_person_stand_on_the_page_when_chosen(api: Api) -> None:
    curator = api.person("curator", "ann")
    people_password(api, "ann@example.org")
    uuid = api.published(curator, "Breuken in stappen")
    visitor = Visitor(api)
    visitor.log_in("ann@example.org")
    _publish(visitor)
    without = Visitor(api).get("/people/ann-peeters").text
    _publish(visitor, public=["profile", "name", "resources"])

    page = Visitor(api).get("/people/ann-peeters").text

    assert uuid not in without
    assert f"/doc/resource/{uuid}.html" in page
    assert "Breuken in stappen" in page


def people_password(api: Api, email: str) -> None:
    tokens.redeem(api.site, tokens.password_link(api.site, people.get(api.site, email)), "een lang wachtwoord")


@pytest.mark.parametrize("handle", ["search", "login", "my", "api", "people", "id", "subjects", "static", "person-7"])
def test_a_handle_that_is_a_word_of_an_address_is_refused(api: Api, handle: str) -> None:
    if handle == "subjects":  # comes with its wing
        api.app.url_map.add(type(next(api.app.url_map.iter_rules()))("/subjects", endpoint="pages.home"))
    answer = _publish(somebody(api), handle=handle)

    assert answer.status_code == 422
    assert "That word stands in addresses of this site" in answer.text


@pytest.mark.parametrize("handle", ["an", "Ann Peeters", "-ann", "ann--p", "a" * 41, "ann/../x", "änn", "<b>"])
def test_a_handle_that_is_none_is_refused_and_what_was_typed_stays(api: Api, handle: str) -> None:
    answer = _publish(somebody(api), handle=handle)

    assert answer.status_code == 422
    assert "Ik geef wiskunde." in Form(answer.text, "/my/profile").fields["about"]


def test_a_handle_is_given_once(api: Api) -> None:
    _publish(somebody(api))

    answer = _publish(somebody(api, "bob@example.org"))

    assert answer.status_code == 422
    assert "There is a page of that name already" in answer.text


def test_a_profile_cannot_be_saved_with_a_wrong_orcid_or_a_subject_that_there_is_not(api: Api) -> None:
    visitor = somebody(api)

    assert _publish(visitor, orcid="0000-0002-1825-0098").status_code == 422
    assert _publish(visitor, teaches=["https://evil.example/x"]).status_code == 422
    assert _publish(visitor, teaches=[SUBJECT], public=["profile", "teaches"]).status_code == 303
    assert "Mathematics" in Visitor(api).get("/people/ann-peeters").text


def test_markup_in_a_profile_stays_text(api: Api) -> None:
    _publish(somebody(api), name="<script>alert(1)</script>", public=["profile", "name"])

    page = Visitor(api).get("/people/ann-peeters").text
    assert "<script>alert" not in page
    (linked,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(linked)["name"] == "<script>alert(1)</script>"


def test_a_token_is_made_shown_once_used_and_ended(api: Api) -> None:
    visitor = somebody(api)
    page = visitor.send("/my/tokens", scope="write", lasts="30").text
    secret = re.search(r"oerbron_[\w-]+", page)[0]  # type: ignore[index]
    program = Caller(api.app, secret)
    assert program.get("/api/v1/tokens").status_code == 200

    listed = visitor.get("/my/tokens").text
    ended = visitor.send("/my/tokens", "/my/tokens/end")

    assert secret not in listed
    assert "never used" not in listed
    assert "last used " in listed
    assert ended.status_code == 303
    assert program.get("/api/v1/tokens").status_code == 401


def test_nobody_makes_a_token_above_the_own_role_or_ends_that_of_another(api: Api) -> None:
    theirs = tokens.create(api.site, _with_account(api, "bob@example.org"), "write")
    visitor = somebody(api)
    form = Form(visitor.get("/my/tokens").text, "/my/tokens").fields

    above = visitor.post("/my/tokens", {**form, "scope": "admin", "lasts": "30"})
    for_others = visitor.post("/my/tokens", {**form, "scope": "read", "lasts": "30", "organisation": "school"})
    other = visitor.post("/my/tokens/end", {**form, "token": "1"})

    assert (above.status_code, for_others.status_code, other.status_code) == (403, 404, 404)
    assert Caller(api.app, theirs).get("/api/v1/tokens").status_code == 200


def _with_account(api: Api, email: str) -> str:
    a_person(api, email)
    return email


def test_my_data_comes_as_one_file_without_secrets(api: Api) -> None:
    visitor = somebody(api)
    secret = tokens.create(api.site, "ann@example.org", "write")
    uuid = Caller(api.app, secret).created("Breuken")

    answer = visitor.get("/my/data/export.json")
    found = json.loads(answer.text)

    assert "attachment" in answer.headers["Content-Disposition"]
    assert found["account"]["email"] == "ann@example.org"
    assert [one["uuid"] for one in found["records"]] == [uuid]
    assert len(found["tokens"]) == len(found["sessions"]) == 1
    assert "argon2" not in answer.text
    assert secret not in answer.text


def test_an_erased_account_leaves_works_under_a_former_member_and_nothing_else(api: Api) -> None:
    """Pitfall: works stay; sessions, tokens, mail and everything that names the person go."""
    curator = api.person("curator", "ann")
    people_password(api, "ann@example.org")
    uuid = api.published(curator, "Breuken in stappen")
    visitor, elsewhere = somebody(api), somebody(api)
    _publish(visitor)
    Visitor(api).send("/forgot", email="ann@example.org")

    wrong = visitor.send("/my/data", "/my/data/erase", email="bob@example.org")
    done = visitor.send("/my/data", "/my/data/erase", email="Ann@example.org")

    assert (wrong.status_code, done.status_code) == (422, 200)
    assert not visitor.is_logged_in
    assert not elsewhere.is_logged_in
    assert curator.get("/api/v1/tokens").status_code == 401
    assert Visitor(api).get("/people/ann-peeters").status_code == 404
    assert api.anybody.get(f"/doc/resource/{uuid}.html").status_code == 200
    assert mail_outbox.take(api.site) == ()
    _names_nobody(api, "ann@example.org", "Ann Peeters", "ann-peeters", "Ik geef wiskunde.")
    assert a_person(api, "ann@example.org") > 1


def _names_nobody(api: Api, *words: str) -> None:
    with api.site.database.read() as connection:
        for table in metadata.tables.values():
            for row in connection.execute(table.select()):
                for word in words:
                    assert word not in str(tuple(row)), (table.name, word)


def test_the_last_admin_cannot_erase_the_own_account(api: Api) -> None:
    visitor = somebody(api, "chief@example.org", "admin")

    answer = visitor.send("/my/data", "/my/data/erase", email="chief@example.org")

    assert answer.status_code == 422
    assert "the last active admin" in answer.text
    assert visitor.is_logged_in


def test_what_is_erased_is_every_table_that_names_a_person(api: Api) -> None:
    """A table with a column of accounts is erased from, exported, or says here why it is not."""
    kept = {
        "record": "the owner, by number: the works stay",
        "revision": "who saved it, by number",
        "event": "who did it, by number, is the proof of what was done",
        "batch": "who staged it, by number",
        "message": "what was said in a conversation stays, by number",
        "request": "what was asked stays, by number, without the address",
        "upload": "belongs to a record",
        "overlay": "who changed a field, by number",
        "collection": "its editor, by number",
        "lease": "its holder is a process",
        "job": "its holder is a process",
    }
    naming = {
        table.name
        for table in metadata.tables.values()
        if {"account", "by", "owner", "editor", "holder"} & {column.name for column in table.c}
    }
    gone = {match[1] for each in my_data._GO if (match := re.match(r"DELETE FROM (\w+)", each))}

    assert naming - gone <= set(kept)


@pytest.mark.parametrize("url", ["", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_the_export_and_the_erasure_hold_on_both_databases(
    url: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    api = Api(tmp_path, url=request.getfixturevalue("postgres_url") if url else "")
    account = a_person(api)
    somebody(api)

    assert my_data.export(api.site, account)["account"]["email"] == "ann@example.org"
    erasure.erase_account(api.site, account)
    assert my_data.export(api.site, account)["account"]["email"] == f"former-{account}@erased.invalid"
    api.site.database.dispose()


def test_a_search_is_followed_from_its_address_and_let_go(api: Api) -> None:
    visitor = somebody(api)

    wrong = visitor.send("/my/searches", name="Breuken", query="http://repository.example/search?nonsense=1")
    done = visitor.send("/my/searches", name="Breuken", query="http://repository.example/search?q=breuken", mail="1")
    listed = visitor.get("/my/searches").text
    feed = re.search(r"/feeds/saved/[^\"]+", listed)[0]  # type: ignore[index]

    assert (wrong.status_code, done.status_code) == (422, 303)
    assert 'href="/search?q=breuken"' in listed
    assert Visitor(api).get(feed).status_code == 200
    assert "Breuken" not in somebody(api, "bob@example.org").get("/my/searches").text
    visitor.send("/my/searches", "/my/searches/end")
    assert Visitor(api).get(feed).status_code == 404


def test_a_restore_brings_back_neither_the_erased_nor_sessions_nor_letters(api: Api, tmp_path: Path) -> None:
    account = a_person(api)
    other = somebody(api, "bob@example.org")
    Visitor(api).send("/forgot", email="ann@example.org")
    backup.backup(api.site.database, api.clock, tmp_path / "then.zip")
    erasure.erase_account(api.site, account)

    again = erasure.Replay(int(api.clock.now()))
    backup.restore(api.site.database, api.clock, tmp_path / "then.zip", exact=False, within=again)

    assert people.find(api.site, "ann@example.org") is None
    assert people.find(api.site, "bob@example.org") is not None
    assert not other.is_logged_in
    assert mail_outbox.take(api.site) == ()
