"""The pages of words: the criteria in force, help, and what is kept of whom."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from repository.requests import criteria
from repository.storage.tables.requests import criterion, criterion_set
from tests.support.api import Api


@pytest.mark.parametrize("path", ["/how-we-judge", "/help", "/privacy"])
@pytest.mark.parametrize("language", ["nl", "en", "fr", "de"])
def test_a_page_of_words_is_there_and_stands_in_the_footer(api: Api, path: str, language: str) -> None:
    found = api.anybody.get(f"{path}?lang={language}")

    assert found.status_code == 200
    assert f'<html lang="{language}">' in found.text
    assert f'href="{path}"' in api.anybody.get("/").text


def test_the_first_criteria_are_in_force_until_others_are_written(api: Api) -> None:
    first = api.anybody.get("/how-we-judge", headers={"Accept-Language": "en"}).text
    now = int(api.clock.now())
    with api.site.database.write() as connection:
        for version, since in ((2, now - 10), (3, now + 1_000)):
            sets = {"id": version, "version": version, "from": since, "intro": '{"en": "Ours."}'}
            connection.execute(insert(criterion_set).values(sets))
            question = f'{{"en": "Question {version}?"}}'
            one = {"set": version, "n": 1, "code": "a", "kind": "human", "weight": "must", "question": question}
            connection.execute(insert(criterion).values(one))
    second = api.anybody.get("/how-we-judge", headers={"Accept-Language": "en"}).text

    assert all(each.question["en"] in first for each in criteria.FIRST.criteria)
    assert "Question 2?" in second
    assert "Question 3?" not in second  # it is in force from its day on
    assert "Version 2 of the criteria." in second


def test_every_criterion_is_asked_in_every_language() -> None:
    for each in (criteria.FIRST.intro, *(one.question for one in criteria.FIRST.criteria)):
        assert each.keys() == {"nl", "en", "fr", "de"}
        assert all(each.values())
