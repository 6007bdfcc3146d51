"""The form of a record: what was not changed changes nothing, what was changed is there, all else survives."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.site.account.share import wizard
from portal.site.account.share.filled import KEEP, LICENCES, Filled, merged, of_form, of_record
from schemas import licence
from schemas.record import (
    Classification,
    Contribute,
    Educational,
    General,
    LangString,
    LifeCycle,
    Record,
    Rights,
    Taxon,
    TaxonPath,
    Technical,
    Vocabulary,
)
from schemas.vocabularies.vocabularies import shipped

VOCABULARIES = shipped()
SUBJECT, LEVEL = "https://w3id.org/oerbron/subject/", "https://w3id.org/oerbron/level/"


def level(notation: str) -> str:
    found = VOCABULARIES.find_notation("level", notation)
    assert found is not None
    return found


RICH = Record(
    general=General(
        title=(LangString("nl", "Breuken"), LangString("fr", "Fractions")),
        description=((LangString("nl", "Oefenen."),), (LangString("nl", "Nog een."),)),
        keyword=((LangString("nl", "delen"),),),
        language=("nl",),
    ),
    life_cycle=LifeCycle(contribute=(Contribute(role=Vocabulary("LOMv1.0", "author")),)),
    technical=Technical(location=("https://a.example/b", "https://a.example/b.pdf")),
    educational=(Educational(context=(Vocabulary(None, "5de leerjaar"), Vocabulary(None, "iets anders"))),),
    rights=Rights(cost=Vocabulary("LOMv1.0", "no"), description=(LangString("nl", "Vraag het aan de uitgever."),)),
    classification=(
        Classification(
            purpose=Vocabulary("LOMv1.0", "discipline"),
            taxon_path=(TaxonPath(taxon=(Taxon(SUBJECT + "fractions"),)), TaxonPath(taxon=(Taxon("urn:own:7"),))),
        ),
    ),
)


def test_a_form_that_was_not_touched_changes_nothing() -> None:
    assert merged(RICH, of_record(RICH, VOCABULARIES), VOCABULARIES) == RICH


@pytest.mark.parametrize("title", ["Nieuw", ""])
def test_a_new_title_leaves_the_other_languages(title: str) -> None:
    found = merged(RICH, of_record(RICH, VOCABULARIES)._replace(title=title), VOCABULARIES)

    assert found.general is not None
    expected = [LangString("nl", title)] if title else []
    assert list(found.general.title or ()) == [*expected, LangString("fr", "Fractions")]
    assert msgspec.structs.replace(found, general=RICH.general) == RICH


def test_a_licence_in_words_of_its_own_stays_until_another_is_chosen() -> None:
    shown = of_record(RICH, VOCABULARIES)
    uri = next(iter(LICENCES))
    chosen = merged(RICH, shown._replace(licence=uri), VOCABULARIES)

    assert shown.licence == KEEP
    assert chosen.rights is not None
    assert chosen.rights.cost == Vocabulary("LOMv1.0", "no")
    assert [each.value for each in chosen.rights.description or ()] == [uri]
    assert of_record(chosen, VOCABULARIES).licence == uri


def test_levels_and_subjects_come_and_go_and_foreign_ones_stay() -> None:
    shown = of_record(RICH, VOCABULARIES)
    wanted = shown._replace(level=(level("primary-y6"),), subject=(SUBJECT + "biology",))
    found = merged(RICH, wanted, VOCABULARIES)

    assert shown.level == (level("primary-y5"),)
    assert of_record(found, VOCABULARIES).level == wanted.level
    assert of_record(found, VOCABULARIES).subject == wanted.subject
    assert "iets anders" in [each.value for each in found.educational[0].context]
    assert "urn:own:7" in [path.taxon[0].id for each in found.classification for path in each.taxon_path]


def test_an_address_takes_the_place_of_the_first_and_leaves_the_others() -> None:
    found = merged(RICH, of_record(RICH, VOCABULARIES)._replace(url="https://c.example/"), VOCABULARIES)

    assert found.technical is not None
    assert found.technical.location == ("https://c.example/", "https://a.example/b.pdf")


@given(
    some.builds(
        Filled,
        title=some.text(max_size=20).map(str.strip),
        description=some.text(max_size=20).map(str.strip),
        licence=some.sampled_from(["", *LICENCES]),
        level=some.sampled_from([(), (level("primary-y1"),), (level("secondary"), level("adult"))]),
        subject=some.sampled_from([(), (SUBJECT + "biology",), (SUBJECT + "fractions", SUBJECT + "dutch")]),
    )
)
def test_what_was_chosen_is_what_the_form_shows_again(wanted: Filled) -> None:
    shown = of_record(merged(Record(), wanted, VOCABULARIES), VOCABULARIES)

    assert (shown.licence, set(shown.level), set(shown.subject)) == (
        wanted.licence, set(wanted.level), set(wanted.subject),
    )  # fmt: skip


def test_a_form_is_read_with_its_repeated_fields_and_its_bounds() -> None:
    found = of_form({"title": [" A "], "level": ["x", "", "x", "y"], "description": ["d" * 20_000]})

    assert (found.title, found.level, len(found.description)) == ("A", ("x", "y"), 10_000)


@pytest.mark.parametrize(
    ("answers", "family"),
    [
        (("yes", "yes", "yes"), "by"),
        (("yes", "alike", "yes"), "by-sa"),
        (("yes", "no", "yes"), "by-nd"),
        (("yes", "yes", "no"), "by-nc"),
        (("yes", "alike", "no"), "by-nc-sa"),
        (("yes", "no", "no"), "by-nc-nd"),
    ],
)
def test_the_wizard_gives_the_one_licence_that_the_answers_mean(answers: tuple[str, str, str], family: str) -> None:
    advised = wizard.advise(*answers)

    assert advised is not None
    assert advised.licence in LICENCES
    found = licence.parse(advised.licence)
    assert found is not None
    assert found.family == family


@pytest.mark.parametrize("answers", [("", "yes", "yes"), ("yes", "", "yes"), ("yes", "yes", "maybe")])
def test_the_wizard_says_nothing_before_it_has_every_answer(answers: tuple[str, str, str]) -> None:
    assert wizard.advise(*answers) is None


def test_the_wizard_never_guesses_for_what_others_made() -> None:
    advised = wizard.advise("no", "yes", "yes")

    assert advised is not None
    assert advised.licence == ""
    assert advised.advice
