"""Organisations: managers keep their words, members and roles; nobody is added unasked; strangers learn nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from repository.accounts import organisations
from tests.support.api import Api
from tests.support.browsing import Visitor, a_person, letters_of, link_in, somebody

PAGE = "/my/organisations/linde"


@pytest.fixture
def api(tmp_path: Path) -> Api:
    api = Api(tmp_path)
    organisations.add(api.site, "linde", "De Linde")
    return api


@pytest.fixture
def manager(api: Api) -> Visitor:
    a_person(api, "ann@example.org")
    organisations.join(api.site, "linde", "ann@example.org", "manager")
    return somebody(api, "ann@example.org")


def roles(api: Api) -> dict[str, str]:
    return dict(organisations.members(api.site, "linde"))


def test_a_manager_says_what_the_organisation_is(api: Api, manager: Visitor) -> None:
    wrong = manager.send(PAGE, name="De Linde", homepage="javascript:alert(1)", ror="https://ror.org/xyz", about="Wij.")
    done = manager.send(PAGE, name="De  Lindeboom", homepage="https://linde.example", about="Wij zijn een school.")

    assert wrong.status_code == 422
    assert "That is no web address" in wrong.text
    assert "That is no ROR" in wrong.text
    assert "Wij." in wrong.text
    assert done.status_code == 303
    found = organisations.details(api.site, "linde")
    assert (found.name, found.homepage) == ("De Lindeboom", "https://linde.example")


@pytest.mark.parametrize("known", [True, False])
def test_whoever_is_invited_says_yes_and_an_unknown_address_looks_the_same(
    api: Api, manager: Visitor, known: bool
) -> None:
    if known:
        a_person(api, "bob@example.org")
    told = manager.send(PAGE, f"{PAGE}/invite", email="Bob@example.org", role="member")
    ((to, subject, letter),) = letters_of(api)
    assert (told.status_code, to) == (303, "bob@example.org")
    assert "De Linde" in subject
    assert roles(api) == {"ann@example.org": "manager"}
    path = link_in(letter)

    stranger = Visitor(api).get(path)
    other = somebody(api, "eve@example.org").get(path)
    invited = somebody(api, "bob@example.org")
    done = invited.send(path)

    assert (stranger.status_code, other.status_code, done.status_code) == (303, 404, 303)
    assert roles(api)["bob@example.org"] == "member"


def test_a_forged_invitation_opens_nothing(api: Api) -> None:
    assert somebody(api).get("/my/invitation/bmVlbg.xx.yy").status_code == 404


@pytest.mark.parametrize("role", ["member", "stranger", "curator"])
def test_who_does_not_manage_it_changes_nothing(api: Api, manager: Visitor, role: str) -> None:
    a_person(api, "bob@example.org", "curator" if role == "curator" else "contributor")
    if role == "member":
        organisations.join(api.site, "linde", "bob@example.org", "member")
    visitor = somebody(api, "bob@example.org")
    token = visitor.get("/my/tokens").text.partition('name="csrf_token" value="')[2].partition('"')[0]

    assert visitor.get(PAGE).status_code == 403
    for path in (PAGE, f"{PAGE}/members", f"{PAGE}/invite"):
        assert visitor.post(path, {"csrf_token": token, "name": "Ours", "role": ""}).status_code == 403
    assert organisations.details(api.site, "linde").name == "De Linde"


def test_members_get_roles_and_go_but_the_last_manager_stays(api: Api, manager: Visitor) -> None:
    bob = a_person(api, "bob@example.org")
    organisations.join(api.site, "linde", "bob@example.org", "member")
    members = f"{PAGE}/members"

    def change(account: str, role: str) -> int:
        return manager.send(PAGE, members, account=account, role=role).status_code

    ann = str(next(one.account for one in organisations.people_of(api.site, "linde") if one.role == "manager"))
    assert change(ann, "member") == 422
    assert change(ann, "") == 422
    assert change(str(bob), "manager") == 303
    assert change(str(bob), "member") == 303
    assert change(str(bob), "") == 303
    assert change(str(bob), "member") == 404
    assert roles(api) == {"ann@example.org": "manager"}


def test_a_person_sees_the_own_organisations(api: Api, manager: Visitor) -> None:
    assert "De Linde" in manager.get("/my/organisations").text
    assert "De Linde" not in somebody(api, "bob@example.org").get("/my/organisations").text


def test_an_admin_makes_an_organisation_and_invites_its_first_manager(api: Api) -> None:
    chief = somebody(api, "chief@example.org", "admin")

    wrong = chief.send("/my/organisations", slug="De Eik", name="De Eik")
    done = chief.send("/my/organisations", slug="eik", name="De Eik")
    chief.send("/my/organisations/eik", "/my/organisations/eik/invite", email="bob@example.org", role="manager")
    ((_, _, letter),) = letters_of(api)
    bob = somebody(api, "bob@example.org")
    bob.send(link_in(letter))

    assert (wrong.status_code, done.status_code, done.location) == (422, 303, "/my/organisations/eik")
    assert bob.get("/my/organisations/eik").status_code == 200
