"""What may be done with a resource: every licence has its words, and none promises what it does not grant."""

from __future__ import annotations

import pytest

from portal.site.record.licence_words import GRANTS, grants, letters
from schemas import licence
from schemas.licences.other import STATEMENTS

_CC = "https://creativecommons.org/licenses/{}/4.0/"


def sentences(text: str | None) -> list[str]:
    return [each.sentence for each in grants(licence.parse(text) if text else None)]


@pytest.mark.parametrize(
    ("text", "adapt", "sell"),
    [
        (_CC.format("by"), True, True),
        (_CC.format("by-sa"), None, True),
        (_CC.format("by-nd"), False, True),
        (_CC.format("by-nc"), True, False),
        (_CC.format("by-nc-sa"), None, False),
        (_CC.format("by-nc-nd"), False, False),
        ("https://creativecommons.org/publicdomain/zero/1.0/", True, True),
        ("https://creativecommons.org/publicdomain/mark/1.0/", True, True),
        ("GPL 3.0", None, True),
        ("http://rightsstatements.org/vocab/InC/1.0/", False, False),
        ("http://rightsstatements.org/vocab/InC-EDU/1.0/", False, False),
        ("http://rightsstatements.org/vocab/InC-NC/1.0/", False, False),
        ("http://rightsstatements.org/vocab/NoC-NC/1.0/", False, False),
    ],
)
def test_adapting_and_selling_are_told_as_the_licence_grants_them(text: str, adapt: bool | None, sell: bool) -> None:
    found = {each.icon: each.allowed for each in grants(licence.parse(text))}

    assert found["scissors"] is adapt
    assert found["badge-euro"] is sell


@pytest.mark.parametrize("text", [None, "Copyright 2020 Uitgeverij", "CC BY but not for schools", "alle rechten"])
def test_where_nothing_is_sure_nothing_is_allowed(text: str | None) -> None:
    assert all(each.allowed is not True for each in grants(licence.parse(text) if text else None))


def test_every_family_that_can_be_read_has_its_words() -> None:
    families = {f"by{more}" for more in ("", "-sa", "-nd", "-nc", "-nc-sa", "-nc-nd")} | set(STATEMENTS)
    families |= {"zero", "mark", "publicdomain", "gpl", "agpl", "lgpl", "fdl", "mit", "apache", "bsd", "mpl"}

    assert families == GRANTS.keys()


def test_only_open_families_and_software_may_be_copied_adapted_and_sold() -> None:
    free = {name for name, given in GRANTS.items() if not any(each.allowed is False for each in given)}

    assert free & {"by-nc", "by-nd", "by-nc-sa", "by-nc-nd", "InC", "InC-EDU", "InC-NC", "NoC-NC"} == set()


def test_letters_are_those_of_the_licence() -> None:
    found = licence.parse(_CC.format("by-nc-sa"))
    assert found is not None

    assert letters(found, licence.label(found, "nl")) == "CC BY-NC-SA 4.0"
    assert letters(None, "") == ""
