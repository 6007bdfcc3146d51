"""Age ranges in many phrasings; grades and a spreadsheet's dates are none."""

from __future__ import annotations

from typing import Final

import pytest

from schemas.summary.age import AgeRange, age_range, is_date

AGES: Final[tuple[tuple[str, AgeRange | None], ...]] = (
    ("6-8, 9-12", (6, 12)),
    ("6-adult", (6, None)),
    ("6-adults", (6, None)),
    ("6-volwassen", (6, None)),
    ("Grades 9-12", None),
    ("Grade 5", None),
    ("grade 3-5", None),
    ("9th-12th grade", None),
    ("Klasse 5-7", None),
    ("Klassen 7-10", None),
    ("Jahrgangsstufe 5-6", None),
    ("Year 7-9", None),
    ("Years 3-4", None),
    ("Key Stage 3", None),
    ("K-12", None),
    ("K-5", None),
    ("leerjaar 1-2", None),
    ("5de leerjaar", None),
    ("1e-2e graad", None),
    ("groep 7-8", None),
    ("Groep 3", None),
    ("CM1-CM2", None),
    ("cycle 3", None),
    ("5º de primaria", None),
    ("curso 1-2", None),
    ("semester 1-2", None),
    ("2026-06-08 00:00:00", None),
    ("6-Aug", None),
    ("8-jun", None),
    ("Jun-08", None),
    ("08/06/2026", None),
    ("2026-06-08", None),
    ("10-Dec", None),
    ("46184", None),
    ("8-26", (8, 26)),
    ("12-14", (12, 14)),
    ("12–14 jaar", (12, 14)),
    ("12 to 14", (12, 14)),
    ("van 12 tot 14 jaar", (12, 14)),
    ("ages 12-14", (12, 14)),
    ("12+", (12, None)),
    ("12 en ouder", (12, None)),
    ("vanaf 12 jaar", (12, None)),
    ("ab 12 Jahren", (12, None)),
    ("à partir de 12 ans", (12, None)),
    ("de 6 à 8 ans", (6, 8)),
    ("entre 6 y 8 años", (6, 8)),
    ("6;8", (6, 8)),
    ("6 / 8", (6, 8)),
    ("6, 7, 8", (6, 8)),
    ("6 - 8; 10 - 12", (6, 12)),
    ("14", (14, 14)),
    ("14 years", (14, 14)),
    ("14-jarigen", (14, 14)),
    ("adults", (18, None)),
    ("adultos", (18, None)),
    ("18-", (18, None)),
    ("-12", (None, 12)),
    ("under 12", (None, 12)),
    ("tot 12 jaar", (None, 12)),
    ("0-99", (0, 99)),
    ("3-103", (3, 103)),
    ("6-12-", (6, 12)),
    ("5 to 7 years old", (5, 7)),
    ("7-9 and 10-12", (7, 12)),
    ("between 8 and 10", (8, 10)),
    ("12 bis 14", (12, 14)),
    ("10-14 let", (10, 14)),
    ("10-14 lat", (10, 14)),
    ("10–14 anni", (10, 14)),
    ("dai 6 agli 8 anni", (6, 8)),
    ("od 10 do 12 let", (10, 12)),
    ("10-12-åringar", (10, 12)),
    ("6+", (6, None)),
    ("16 ou plus", (16, None)),
    ("plus de 16 ans", (16, None)),
    ("14+ years", (14, None)),
    ("18 and above", (18, None)),
    ("U-12", (None, 12)),
    ("12 (zwölf) Jahre", (12, 12)),
    ("6 yrs - 8 yrs", (6, 8)),
    ("6-8 jaar, 8-10 jaar", (6, 10)),
    ("all ages", None),
    ("9-10 klas", None),
    ("13-18/adult", (13, None)),
    ("adult, 12-14", (12, None)),
    ("teens", None),
    ("150-200", None),
    ("14 through 18", (14, 18)),
    ("6 ~ 8", (6, 8)),
    ("six to eight", None),
    ("3-4 jaar (kleuterklas)", (3, 4)),
    ("10-12 jaar, groep 7-8", (10, 12)),
    ("Years 7-9 (ages 11-14)", (11, 14)),
    ("klas 3 (14 jaar)", (14, 14)),
)


@pytest.mark.parametrize(("text", "ages"), AGES)
def test_ages_are_read(text: str, ages: AgeRange | None) -> None:
    assert age_range(text) == ages


@pytest.mark.parametrize(
    "text", ["2026-08-06", "6-Aug", "aug/08", "10-dec", "2026-06-08 00:00:00", "46184", "08/06/2026"]
)
def test_a_date_that_a_spreadsheet_made_is_known(text: str) -> None:
    assert is_date(text)
    assert age_range(text) is None
