"""Dates, durations and sizes read kindly; datestamps of OAI-PMH strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from schemas.datestamp import (
    Bound,
    Date,
    is_lom_datetime,
    lom_datetime,
    parse_datestamp,
    read_date,
    read_duration,
    read_size,
    utc_datestamp,
)
from tests.support.shared import SHARED, needs_shared


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("2009", "2009", "year"),
        ("2008-11", "2008-11", "month"),
        (" 2019-07-03\n", "2019-07-03", "day"),
        ("2020/11/05", "2020-11-05", "day"),
        ("2020-1-5", "2020-01-05", "day"),
        ("20200131", "2020-01-31", "day"),
        ("30-04-2012", "2012-04-30", "day"),
        ("10.09.2022", "2022-09-10", "day"),
        ("06/06/2012", "2012-06-06", "day"),
        ("12/31/2020", "2020-12-31", "day"),
        ("06/07/2012", "2012", "year"),
        ("11. November 2022", "2022-11-11", "day"),
        ("January 1st, 2000", "2000-01-01", "day"),
        ("1 mei 2020", "2020-05-01", "day"),
        ("le 3 août 2019", "2019-08-03", "day"),
        ("März 2020", "2020-03", "month"),
        ("2008-11-00", "2008-11", "month"),
        ("1999-00-00", "1999", "year"),
        ("2015-05-22T19:20:30", "2015-05-22T19:20:30", "second"),
        ("2008-06-19 17:55:27", "2008-06-19T17:55:27", "second"),
        ("2024-02-27T18:27:05Z", "2024-02-27T18:27:05Z", "second"),
        ("2016-07-15T21:42:02.8547498+02:00", "2016-07-15T19:42:02Z", "second"),
        ("2020-01-01T25:00:00Z", "2020-01-01", "day"),
        ("9999-12-31T23:59:59-05:00", "9999-12-31", "day"),
        ("2021-02-30", None, None),
        ("200000000-01-01", None, None),
        ("PT20M0S", None, None),
        ("printemps 2008", "2008", "year"),
        ("0000", None, None),
        ("", None, None),
    ],
)
def test_a_date_is_read_as_far_as_it_goes(raw: str, value: str | None, precision: str | None) -> None:
    assert read_date(raw) == (value, precision)


@given(st.datetimes())
def test_a_read_date_reads_the_same_again(moment: object) -> None:
    value = read_date(str(moment)).value

    assert value is not None
    assert read_date(value).value == value


@given(st.text())
def test_reading_dates_durations_and_sizes_never_fails(text: str) -> None:
    assert isinstance(read_date(text), Date)
    read_duration(text)
    read_size(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-01T10:00:00Z", "2020-01-01T10:00:00.0Z"),
        ("2020-01-01T10:00:00+02:00", "2020-01-01T08:00:00.0Z"),
        ("2007-10-01T00:00:00.0-05:00", "2007-10-01T00:00:00.0-05:00"),
        ("30-04-2012", "2012-04-30"),
        ("2009", "2009"),
        ("non disponible", None),
    ],
)
def test_a_lom_date_has_a_zone_only_after_a_fraction(text: str, expected: str | None) -> None:
    assert lom_datetime(text) == expected


@given(st.datetimes().map(str) | st.dates().map(str) | st.datetimes().map(lambda moment: moment.isoformat() + "+05:30"))
def test_every_lom_date_is_lawful(text: str) -> None:
    lawful = lom_datetime(text)

    assert lawful is not None
    assert is_lom_datetime(lawful)
    assert lom_datetime(lawful) == lawful


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("PT02M25S", "PT2M25S"),
        ("P1M", "P1M"),
        ("PT20M0S", "PT20M"),
        ("T47M58S", "PT47M58S"),
        ("47m58s", "PT47M58S"),
        ("PT0H", "PT0S"),
        ("P1W", "P7D"),
        ("PT1.5H", "PT1H30M"),
        ("1:30:00", "PT1H30M"),
        ("2:30", "PT2H30M"),
        ("1h30", "PT1H30M"),
        ("45 min", "PT45M"),
        ("1 uur en 30 minuten", "PT1H30M"),
        ("2 weken", "P14D"),
        ("1,5 heures", "PT1H30M"),
        ("1200", None),
        ("PT", None),
        ("PT1٠S", None),
        ("een uurtje", None),
        ("", None),
    ],
)
def test_a_duration_gets_its_normal_form(raw: str, expected: str | None) -> None:
    assert read_duration(raw) == expected


@given(
    st.from_regex(
        r"P([1-9]\d{0,2}Y)?([1-9]\dM)?([1-9]\dD)?T([1-9]\dH)?([1-9]\dM)?[1-9]\dS",
        fullmatch=True,
        alphabet="PYMDTHS0123456789",
    )
)
def test_a_normal_duration_stays(text: str) -> None:
    assert read_duration(text) == text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("29841", 29841),
        ("\n\t29841 ", 29841),
        ("734003.2", 734003),
        ("18Kbytes", 18432),
        ("2.7 mb", 2831155),
        ("1,99 MB", 2086666),
        ("3.113.637 bytes", 3113637),
        ("1 000 kb", 1024000),
        ("12 Mo", 12582912),
        ("zv", None),
        ("", None),
    ],
)
def test_a_size_is_read_in_bytes(raw: str, expected: int | None) -> None:
    assert read_size(raw) == expected


@given(st.integers(min_value=-62135596800, max_value=253402300799))
def test_a_datestamp_names_its_second(second: int) -> None:
    assert parse_datestamp(utc_datestamp(second)) == Bound(second, second, "second")


def test_a_datestamp_cuts_fractions_off() -> None:
    assert utc_datestamp(1795292042.9) == "2026-11-21T20:14:02Z"


def test_a_day_reaches_to_its_last_second() -> None:
    assert parse_datestamp("2020-01-01") == Bound(1577836800, 1577923199, "day")


@pytest.mark.parametrize(
    "text",
    [
        "2020-1-1",
        "2020-02-30",
        "2020",
        "2020-01-01T00:00Z",
        "2020-01-01T00:00:00",
        "2020-01-01T00:00:00.0Z",
        "2020-01-01 ",
        "2020-01-01T00:00:00+00:00",
        "2020-01-01T24:00:00Z",
        "2020-01-01T00:00:60Z",
        "٢٠٢٠-01-01",
        "0000-01-01",
        "",
    ],
)
def test_every_other_form_is_refused(text: str) -> None:
    assert parse_datestamp(text) is None


@needs_shared
def test_the_pattern_of_the_lom_schema_is_ours() -> None:
    schema = etree.parse(str(SHARED / "xsd/lom-local/common/dataTypes.xsd"))
    patterns = [str(element.get("value")) for element in schema.iter("{*}pattern")]
    (pattern,) = [each for each in patterns if "T([0-1][0-9]" in each]
    document = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="d"><xs:simpleType>
        <xs:restriction base="xs:string"><xs:pattern value="{pattern}"/></xs:restriction>
        </xs:simpleType></xs:element></xs:schema>"""
    judge = etree.XMLSchema(etree.fromstring(document))
    samples = [
        "2020",
        "0000",
        "0999",
        "2020-13",
        "2020-02-31",
        "2020-01-01T10",
        "2020-01-01T10:00:00Z",
        "2020-01-01T10:00:00.0Z",
    ]
    samples += [
        "2020-01-01T10:00:00.0+24:00",
        "2020-01-01T10:00:00.25-05:00",
        "20-01-01",
        "2020-01-01T24:00",
        "٢٠٢٠",
        "",
    ]

    for sample in samples:
        element = etree.Element("d")
        element.text = sample
        assert judge.validate(element) == is_lom_datetime(sample), sample
