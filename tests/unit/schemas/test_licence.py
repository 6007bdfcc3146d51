"""Licences by grammar: every dress of a licence gives one URI."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import licence as licences
from schemas.licence import label, of_rights, parse, strings_of
from schemas.licences.named import VERSIONS
from schemas.licences.other import STATEMENTS
from schemas.record import LangString, Rights, Vocabulary
from tests.support.shared import SHARED, needs_shared

CC = "https://creativecommons.org/"
TYPES = ("by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd")


def uri(text: str) -> str | None:
    found = parse(text)
    return found.uri if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/", "licenses/by-sa/4.0/"),
        ("http://www.creativecommons.org/licenses/by-sa/4.0", "licenses/by-sa/4.0/"),
        ("https://creativecommons.org/licenses/by/4.0/deed.de", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by-sa/3.0/be/legalcode?ref=chooser-v1", "licenses/by-sa/3.0/be/"),
        ("http%3A%2F%2Fcreativecommons.org%2Flicenses%2Fby%2F4.0%2F", "licenses/by/4.0/"),
        ("ihttp://creativecommons.org/licenses/by-sa/3.0/br/", "licenses/by-sa/3.0/br/"),
        ("https://creativecommons.org/licences/by-nc-nd/3.0/igo/", "licenses/by-nc-nd/3.0/igo/"),
        ("https://creativecommons.org/licenses/by-nd-nc/1.0/", "licenses/by-nd-nc/1.0/"),
        ("https://creativecommons.org/publicdomain/zero/1.0/deed.nl", "publicdomain/zero/1.0/"),
        ("https://spdx.org/licenses/CC-BY-NC-ND-3.0-DE.html", "licenses/by-nc-nd/3.0/de/"),
        ("CC-BY-NC-SA-2.0-FR", "licenses/by-nc-sa/2.0/fr/"),
        ("cc_by_sa_4.0", "licenses/by-sa/4.0/"),
        ("cc-by-sa-40", "licenses/by-sa/4.0/"),
        ("CC BY-NC-SA 3.0 DE", "licenses/by-nc-sa/3.0/de/"),
        ("CC BY-SA-NC 2,5", "licenses/by-nc-sa/2.5/"),
        ("CC-BY-SA (v4.0)", "licenses/by-sa/4.0/"),
        ("CC BY", "licenses/by/"),
        ("by-nc-sa 4.0", "licenses/by-nc-sa/4.0/"),
        ("CC0", "publicdomain/zero/1.0/"),
        ("CC-0 1.0 Universal", "publicdomain/zero/1.0/"),
        ("cc-mark", "publicdomain/mark/1.0/"),
        ("public-domain", "publicdomain/mark/1.0/"),
        ("Creative Commons Attribution-ShareAlike 4.0 International", "licenses/by-sa/4.0/"),
        ("Creative Commons Naamsvermelding-NietCommercieel-GelijkDelen 3.0 België", "licenses/by-nc-sa/3.0/be/"),
        (
            "Creative Commons Paternité-Pas d’Utilisation Commerciale-"
            "Partage des Conditions Initiales à l'Identique 2.5 Canada.",
            "licenses/by-nc-sa/2.5/ca/",
        ),
        (
            "Namensnennung - Weitergabe unter gleichen Bedingungen 3.0 Deutschland (CC BY-SA 3.0 DE)",
            "licenses/by-sa/3.0/de/",
        ),
        ("Namensnennung - Nicht-kommerziell - Keine Bearbeitungen 4.0 International", "licenses/by-nc-nd/4.0/"),
        ("Dit werk valt onder een Creative Commons Naamsvermelding 4.0 Internationaal-licentie.", "licenses/by/4.0/"),
        ("sous licence CC BY 3.0 de l'auteur", "licenses/by/3.0/"),
        ("<a rel='license' href='http://creativecommons.org/licenses/by/4.0/'>licence</a>", "licenses/by/4.0/"),
        ("Lees <b>CC&nbsp;BY</b> hier", "licenses/by/"),
    ],
)
def test_every_dress_of_creative_commons_gives_the_canonical_uri(text: str, expected: str) -> None:
    assert uri(text) == CC + expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://rightsstatements.org/page/InC-EDU/1.0/?language=en", "http://rightsstatements.org/vocab/InC-EDU/1.0/"),
        ("In Copyright", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("http://www.gnu.org/licenses/agpl-3.0", "https://www.gnu.org/licenses/agpl-3.0"),
        ("Free Documentation License (GNU)", "https://www.gnu.org/licenses/fdl"),
        ("GNU General Public License, version 3", "https://www.gnu.org/licenses/gpl-3.0"),
        ("MIT License", "https://opensource.org/licenses/MIT"),
        ("Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
        ("BSD-3-Clause", "https://www.opensource.org/licenses/BSD-3-Clause"),
        ("https://opensource.org/licenses/MPL-2.0", "https://www.mozilla.org/MPL/2.0/"),
    ],
)
def test_other_licences_are_known(text: str, expected: str) -> None:
    assert uri(text) == expected


@pytest.mark.parametrize(
    "text",
    ["by", "gratis", "no", "", "Open Access", "Creative Commons", "attribution", "© CCDMD 2011", "permit"]  # noqa: RUF005
    + ["not in the public domain yet", "LOMv1.0", "CC BY-SA-ND 4.0"],
)
def test_what_names_no_licence_is_none(text: str) -> None:
    assert parse(text) is None


_PORTS = st.sampled_from([None, "be", "de", "uk", "igo", "nl"])


@given(st.sampled_from(TYPES), st.sampled_from([*VERSIONS, None]), _PORTS)
def test_the_uri_is_a_fixed_point_and_the_labels_lead_back_to_it(
    family: str, version: str | None, port: str | None
) -> None:
    port = port if version in ("2.0", "2.5", "3.0") else None
    address = "/".join(part for part in (CC + "licenses", family, version, port) if part) + "/"

    found = parse(address)

    assert found is not None
    assert parse(found.uri or "") is not None
    assert uri(found.uri or "") == found.uri
    assert (found.family, found.version, found.jurisdiction) == (family, version, port)
    for language in ("en", "nl", "fr", "de"):
        assert uri(label(found, language)) == found.uri


@given(st.sampled_from(TYPES), st.sampled_from(VERSIONS))
def test_a_derived_spdx_name_leads_back_to_the_licence(family: str, version: str) -> None:
    found = parse(f"CC {family.upper()} {version}")

    assert found is not None
    assert (found.spdx is None) == (version == "2.1")  # only Japan had 2.1
    if found.spdx:
        assert uri(found.spdx) == found.uri


def test_every_port_in_spdx_leads_back_to_its_licence() -> None:
    for name in licences._SPDX_PORTS:
        found = parse(f"CC-{name.upper()}")
        assert found is not None
        assert found.spdx == f"CC-{name.upper()}"


def test_every_rights_statement_is_found_by_its_uri_and_its_name() -> None:
    for code, name in STATEMENTS.items():
        assert (
            uri(f"https://rightsstatements.org/vocab/{code}/1.0")
            == uri(name)
            == f"http://rightsstatements.org/vocab/{code}/1.0/"
        )


@pytest.mark.parametrize(
    ("text", "is_open"),
    [("CC BY 4.0", True), ("CC BY-SA", True), ("CC0", True), ("PDM", True)]  # noqa: RUF005
    + [("CC BY-NC 4.0", False), ("CC BY-ND", False), ("MIT", False)],
)
def test_open_is_by_by_sa_zero_and_mark(text: str, is_open: bool) -> None:
    found = parse(text)

    assert found is not None
    assert found.open is is_open


def rights(*texts: str, cost: str | None = None, copyright_: str | None = None) -> Rights:
    return Rights(
        cost=Vocabulary("LOMv1.0", cost) if cost else None,
        copyright_and_other_restrictions=Vocabulary("LOMv1.0", copyright_) if copyright_ else None,
        description=tuple(LangString("nl", text) for text in texts),
    )


def test_the_first_string_that_names_a_licence_wins_and_the_sentence_is_kept() -> None:
    found = of_rights(
        rights("Vermeld de maker. © 2020 Jan Maes.", "https://creativecommons.org/licenses/by/4.0/", cost="no")
    )

    assert found is not None
    assert (found.uri, found.free_access) == (CC + "licenses/by/4.0/", True)
    assert (found.statement, found.rights_holder) == ("Vermeld de maker. © 2020 Jan Maes.", "Jan Maes")


def test_a_licence_as_copyright_value_is_found() -> None:
    found = of_rights(rights(copyright_="cc-by-30", cost="ja"))

    assert found is not None
    assert (found.uri, found.free_access) == (CC + "licenses/by/3.0/", False)


def test_rights_without_a_licence_keep_their_statement() -> None:
    found = of_rights(rights("Alle rechten voorbehouden."))

    assert found is not None
    assert (found.uri, found.family, found.statement, found.open) == (
        None,
        "other",
        "Alle rechten voorbehouden.",
        False,
    )


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("creative commons: attribution - non derived work", "by-nd"),
        ("creative commons: attribution - non derived work 4.0", "by-nd"),
        ("creative commons: attribution - non commercial - non derived work", "by-nc-nd"),
        ("Creative Commons: Reconocimiento - no comercial - compartir igual 4.0", "by-nc-sa"),
        ("Creative Commons Reconocimiento-NoComercial-CompartirIgual 4.0 Internacional", "by-nc-sa"),
        ("CC BY\u2011NC 4.0", "by-nc"),
        ("CC\u2010BY\u2212NC\u20134.0", "by-nc"),
        ("CC\u00b7BY\u00b7NC 4.0", "by-nc"),
        ("CC BY\u200bNC 4.0", "by-nc"),
        ("CC BY 4.0 NC", "by-nc"),
        ("CC BY Non Commercial", "by-nc"),
        ("CC BY niet-commercieel", "by-nc"),
        ("CC BY nicht kommerziell", "by-nc"),
        ("Creative Commons Naamsvermelding, geen commercieel gebruik", "by-nc"),
        ("Creative Commons Attribution-NonCommerical 4.0", "by-nc"),
        ("CC BY no commercial use", "by-nc"),
        ("CC BY (NC)", "by-nc"),
        ("CC BY. Non-commercial.", "by-nc"),
    ],
)
def test_elements_are_read_wherever_and_however_they_stand(text: str, family: str) -> None:
    found = parse(text)

    assert found is not None
    assert (found.family, found.open) == (family, False)


@pytest.mark.parametrize(
    "text",
    ["Not CC BY", "This work is not licensed under CC BY", "This is not CC BY-NC", "CC BY for schools", "CC BY?"]  # noqa: RUF005
    + ["Text CC BY 4.0, images CC BY-NC 4.0", "CC0 (metadata only)", "Creative Commons by Jan Maes", "CC BY 4.0 xyzzy"]
    + ["https://creativecommons.org/licenses/by/4.0/ All rights reserved", "<del>CC BY</del>", "CC BY " + "a" * 9000],
)
def test_what_is_denied_or_not_understood_names_no_licence(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "text",
    ["CC BY 4.0, free for commercial use", "CC BY, adaptations welcome", "CC BY 4.0, Anna M\u00fcller"]  # noqa: RUF005
    + ["Except where otherwise noted, this work is licensed under CC BY 4.0", "Content: CC BY 4.0, code: MIT"]
    + ["CC BY 4.0 Bundesministerium f\u00fcr Bildung", "Wikipedia contributors, CC BY 4.0, via Wikimedia Commons"],
)
def test_words_that_only_permit_and_names_leave_a_licence_open(text: str) -> None:
    found = parse(text)

    assert found is not None
    assert found.family == "by"


ADDRESS = CC + "licenses/by/4.0/"


@pytest.mark.parametrize(
    "beside",
    ["no commercial use", "Alle rechten voorbehouden", "CC BY-NC 4.0", "In Copyright", "Enkel voor in de klas"]  # noqa: RUF005
    + ["info:eu-repo/semantics/restrictedAccess", "http://rightsstatements.org/vocab/InC/1.0/"],
)
def test_an_open_licence_is_not_open_where_another_string_closes_it(beside: str) -> None:
    for category in (rights(ADDRESS, beside), rights(beside, ADDRESS), rights(ADDRESS, copyright_=beside)):
        found = of_rights(category)

        assert found is not None
        assert (found.uri, found.family, found.open) == (None, "other", False)


@pytest.mark.parametrize("beside", ["yes", "no", "ja", "https://creativecommons.org/licenses/by/4.0/deed.nl", "CC BY"])
def test_an_open_licence_stays_open_beside_what_says_no_more(beside: str) -> None:
    found = of_rights(rights(ADDRESS, copyright_=beside, cost="yes"))

    assert found is not None
    assert (found.uri, found.open, found.free_access) == (ADDRESS, True, False)


def test_no_string_of_a_face_alone_says_more_than_the_licence() -> None:
    for category in (
        rights(ADDRESS, "no commercial use"),
        rights("CC BY", "In Copyright"),
        rights("CC BY", "CC BY-NC"),
    ):
        given_out = strings_of(category, of_rights(category))

        assert not any((found := parse(string.value)) and found.open for string in given_out)


def test_no_rights_are_no_licence() -> None:
    assert of_rights(None) is None
    assert of_rights(Rights()) is None
    assert of_rights(rights(" ", copyright_="yes")) is None


@given(st.text())
def test_parsing_never_fails(text: str) -> None:
    found = parse(text)

    assert found is None or uri(found.uri or "") == found.uri


_WORDS = (
    "cc by sa nc nd 4.0 3.0 de be attribution sharealike creative commons zero mark public domain gpl mit bsd apache 2"
)
_WORDS += (
    " clause licence http://creativecommons.org/licenses/ by-sa/3.0/ / - _ . http://rightsstatements.org/vocab/ InC"
)


@given(st.lists(st.sampled_from(_WORDS.split()), max_size=8), st.sampled_from([" ", "-", "", "/", "_"]))
def test_whatever_is_found_its_uri_says_the_same(words: list[str], between: str) -> None:
    found = parse(between.join(words))

    if found is not None:
        again = parse(found.uri or "")
        assert again is not None
        assert (again.uri, again.family, again.version) == (found.uri, found.family, found.version)


@needs_shared
def test_every_licence_of_the_tables_is_read() -> None:
    unread = set()
    with (SHARED / "data/oer_commons_csv").glob("*.csv").__iter__().__next__().open(encoding="utf-8-sig") as file:
        texts = {row[key] for row in csv.DictReader(file, delimiter=";") for key in ("LICENSE_URL", "LICENSE_TITLE")}
    for path in (SHARED / "data/open_textbooks_tsv").glob("*.tsv"):
        with path.open(encoding="utf-8") as file:
            texts |= {row.get("license") or "" for row in csv.DictReader(file, delimiter="\t")}
    for text in texts:
        if parse(text) is None:
            unread.add(text)

    assert len(texts) > 40
    assert unread <= {"", "http://en.wikipedia.org/wiki/Copyright"}
