"""Dates as people write them, read as far as they are sure; and days that are in no calendar, never given out."""

from __future__ import annotations

from typing import Final

import pytest
from msgspec.structs import replace

from schemas.datestamp import is_impossible, read_date
from schemas.formats.amb.write import write as write_amb
from schemas.formats.format import Writing
from schemas.formats.lom import lom
from schemas.formats.oai_dc import oai_dc
from schemas.formats.rdf import rdf
from schemas.record import Contribute, DateTime, LifeCycle, Vocabulary
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped
from tests.support.factories import a_record

DATES: Final[tuple[tuple[str, str | None], ...]] = (
    ("c2015", "2015"),
    ("©2015", "2015"),
    ("[2015]", "2015"),
    ("2015?", "2015"),
    ("[2015?]", "2015"),
    ("ca. 2015", "2015"),
    ("circa 2015", "2015"),
    ("~2015", "2015"),
    ("2015~", "2015"),
    ("about 2015", "2015"),
    ("um 2015", "2015"),
    ("vers 2015", "2015"),
    ("rond 2015", "2015"),
    ("cop. 2015", "2015"),
    ("2015-2016", "2015"),
    ("2015/2016", "2015"),
    ("2015–2016", "2015"),
    ("2015/16", "2015"),
    ("2015-", "2015"),
    ("© 2015", "2015"),
    ("(c) 2015", "2015"),
    ("2015-03-04Z", "2015-03-04"),
    ("2015-03-04+01:00", "2015-03-04"),
    ("2015-03-04-05:00", "2015-03-04"),
    ("2015Z", "2015"),
    ("2015-03Z", "2015-03"),
    ("2015-03+01:00", "2015-03"),
    ("Wed, 04 Mar 2015 10:00:00 GMT", "2015-03-04T10:00:00Z"),
    ("Wed, 04 Mar 2015 10:00:00 +0100", "2015-03-04T09:00:00Z"),
    ("4 Mar 2015 10:00:00 EST", "2015-03-04T15:00:00Z"),
    ("Wednesday, 04-Mar-15 10:00:00 GMT", "2015-03-04T10:00:00Z"),
    ("Wed Mar  4 10:00:00 2015", "2015-03-04T10:00:00"),
    ("3 de mayo de 2020", "2020-05-03"),
    ("3 de maio de 2020", "2020-05-03"),
    ("3. Mai 2020", "2020-05-03"),
    ("3 mai 2020", "2020-05-03"),
    ("1er mai 2020", "2020-05-01"),
    ("3 mei 2020", "2020-05-03"),
    ("May 3, 2020", "2020-05-03"),
    ("3 maggio 2020", "2020-05-03"),
    ("3 maja 2020", "2020-05-03"),
    ("3. května 2020", "2020-05-03"),
    ("3. maj 2020", "2020-05-03"),
    ("3 maj 2020", "2020-05-03"),
    ("3. toukokuuta 2020", "2020-05-03"),
    ("2020. május 3.", "2020-05-03"),
    ("3 травня 2020", "2020-05-03"),
    ("3 мая 2020", "2020-05-03"),
    ("3 май 2020", "2020-05-03"),
    ("3 Μαΐου 2020", "2020-05-03"),
    ("3 svibnja 2020", "2020-05-03"),
    ("3 de maig de 2020", "2020-05-03"),
    ("2020 m. gegužės 3 d.", "2020-05-03"),
    ("2020. gada 3. maijs", "2020-05-03"),
    ("3. mai 2020", "2020-05-03"),
    ("3 Bealtaine 2020", "2020-05-03"),
    ("maart 2019", "2019-03"),
    ("märz 2019", "2019-03"),
    ("décembre 2019", "2019-12"),
    ("prosinec 2019", "2019-12"),
    ("December 2019", "2019-12"),
    ("spring 2019", "2019"),
    ("Winter 2019", "2019"),
    ("najaar 2019", "2019"),
    ("2019 Fall", "2019"),
    ("été 2019", "2019"),
    ("Q3 2019", "2019"),
    ("2019-W12", "2019"),
    ("2019-21", "2019"),
    ("20190304", "2019-03-04"),
    ("2019-03-04T10:00:00+0100", "2019-03-04T09:00:00Z"),
    ("2019-03-04T10:00:00.123456Z", "2019-03-04T10:00:00Z"),
    ("2019-03-04 10:00 UTC", "2019-03-04T10:00:00Z"),
    ("MMXIX", None),
    ("0000-00-00", None),
    ("2020-02-30", None),
    ("2021-02-29", None),
    ("2020-13-01", None),
    ("31/02/2020", None),
    ("30 februari 2020", None),
    ("2020-00-00", "2020"),
    ("0000", None),
    ("9999-99-99", None),
    ("2020-04-31", None),
    ("2020-06-31T10:00:00Z", None),
    ("99/99/9999", None),
    ("n.d.", None),
    ("s.d.", None),
    ("1899-12-30", "1899-12-30"),
    ("2012", "2012"),
    ("before 2015", None),
    ("after 2015", None),
    ("mid-2015", "2015"),
    ("early 2015", "2015"),
    ("2015 [i.e. 2016]", "2016"),
    ("2015, c2014", "2015"),
    ("schooljaar 2019-2020", "2019"),
    ("from 2015 to 2016", "2015"),
    ("2015 - 2016", "2015"),
    ("2015-03-04/2015-03-08", "2015-03-04"),
    ("2015-03-04 - 2015-03-08", "2015-03-04"),
    ("-0044", None),
    ("2015-3-4", "2015-03-04"),
    ("25.12.2015", "2015-12-25"),
    ("25/12/2015", "2015-12-25"),
    ("12/25/2015", "2015-12-25"),
    ("2015.12.25", "2015-12-25"),
    ("2015. 12. 25.", "2015-12-25"),
)

MORE_DATES: Final[tuple[tuple[str, str | None], ...]] = (
    ("c1999", "1999"),
    ("[1999]", "1999"),
    ("1999?", "1999"),
    ("[ca. 1999]", "1999"),
    ("1999-2001", "1999"),
    ("copyright 1999", "1999"),
    ("2021-05-06+02:00", "2021-05-06"),
    ("Thu, 06 May 2021 12:00:00 +0200", "2021-05-06T10:00:00Z"),
    ("6 de junio de 2021", "2021-06-06"),
    ("6 giugno 2021", "2021-06-06"),
    ("6 czerwca 2021", "2021-06-06"),
    ("6. června 2021", "2021-06-06"),
    ("6 juin 2021", "2021-06-06"),
    ("6. juni 2021", "2021-06-06"),
    ("6 juni 2021", "2021-06-06"),
    ("2021. június 6.", "2021-06-06"),
    ("6 iunie 2021", "2021-06-06"),
    ("6 lipnja 2021", "2021-06-06"),
    ("6. juuni 2021", "2021-06-06"),
    ("2021 m. birželio 6 d.", "2021-06-06"),
    ("6. jūnijs 2021", "2021-06-06"),
    ("6. kesäkuuta 2021", "2021-06-06"),
    ("6 červenec 2021", "2021-07-06"),
    ("Juni 6, 2021", "2021-06-06"),
    ("June 2021", "2021-06"),
    ("2021 June 6", "2021-06-06"),
    ("0000-01-01", None),
    ("2021-04-31", None),
    ("31 april 2021", None),
    ("31-02-2021", None),
    ("2021-00-10", "2021"),
    ("1-1-1", None),
    ("today", None),
    ("sept. 2020", "2020-09"),
    ("summer of 2020", "2020"),
    ("zomer 2020", "2020"),
    ("verano 2020", "2020"),
    ("2020/2021", "2020"),
    ("2020-21", "2020"),
    ("[between 1990 and 1995]", "1990"),
    ("[199-?]", None),
    ("199u", None),
    ("2020-1", "2020-01"),
    ("Fri Dec 03 2021", "2021-12-03"),
    ("03-Dec-2021", "2021-12-03"),
    ("3/12/21", None),
    ("2021-12-03 10:15:00.000", "2021-12-03T10:15:00"),
    ("2021-12-03T10:15:00+0100", "2021-12-03T09:15:00Z"),
    ("20211203T101500Z", "2021-12-03T10:15:00Z"),
)
IMPOSSIBLE: Final = (
    "0000-00-00",
    "2020-02-30",
    "2021-02-29",
    "2020-13-01",
    "31/02/2020",
    "2020-06-31T10:00:00Z",
    "9999-99-99",
)


@pytest.mark.parametrize(("raw", "value"), DATES + MORE_DATES)
def test_a_date_is_read_as_far_as_it_is_sure(raw: str, value: str | None) -> None:
    assert read_date(raw).value == value


@pytest.mark.parametrize("raw", IMPOSSIBLE)
def test_an_impossible_date_is_known(raw: str) -> None:
    assert is_impossible(raw)


@pytest.mark.parametrize("raw", ["vorige zomer", "n.d.", "2020", "2020-02-29", "c2015"])
def test_words_and_days_that_exist_are_not_impossible(raw: str) -> None:
    assert not is_impossible(raw)


@pytest.mark.parametrize("raw", IMPOSSIBLE)
def test_an_impossible_date_is_in_no_face(raw: str) -> None:
    contribute = Contribute(Vocabulary("LOMv1.0", "author"), (), DateTime(raw))
    record = replace(a_record(), life_cycle=LifeCycle(contribute=(contribute,)))
    summary = summarise(record, shipped())
    writing = Writing(shipped(), summary, uuid="6f1c2b9e-8f0a-4a53-9d2b-2f0c7f2a1b11", url="https://b.example/1")

    faces = [write(record, writing) or b"" for write in (oai_dc.write, lom.write, write_amb, rdf.write)]

    assert (summary.created, summary.modified) == (None, None)
    assert [face for face in faces if raw[:10].encode() in face] == []
