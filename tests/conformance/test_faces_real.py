"""Dublin Core and AMB of the shared real records: valid by the official schemas, and a fixed point."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.commands.find_files import Walk, Wishes, deliveries
from schemas.formats.absence import without_placeholders
from schemas.formats.amb import amb
from schemas.formats.oai_dc import oai_dc
from schemas.record import Record
from schemas.vocabularies.vocabularies import shipped
from tests.support.referee import amb_violations, oai_dc_violations
from tests.support.samples import writing
from tests.support.shared import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.slow]

EVERY = 5  # of so many records in a file one is judged; all of them take a minute


def records() -> Iterator[tuple[str, Record]]:
    for file in Walk([SHARED / "data"]):
        for number, delivery in enumerate(deliveries(file, Wishes(), shipped())):
            if delivery.reading is not None and number % EVERY == 0:
                # As publication renders it: what came as LOM may still hold placeholders.
                yield f"{file.name} ({delivery.place})", without_placeholders(delivery.reading.record)[0]


def test_dublin_core_is_valid_and_comes_back_the_same() -> None:
    judged = 0
    for where, record in records():
        face = oai_dc.write(record, writing(record))
        again = oai_dc.read(face, shipped())
        assert oai_dc_violations(face) == [], where
        assert again.repairs == (), where
        assert oai_dc.write(again.record, writing(again.record)) == face, where
        judged += 1
    assert judged > 1000


def test_amb_is_valid_and_comes_back_the_same() -> None:
    judged = 0
    for where, record in records():
        face = amb.write(record, writing(record))
        if face is None:
            continue
        again = amb.read(face, shipped())
        assert amb_violations(face) == [], where
        assert again.repairs == (), where
        assert amb.write(again.record, writing(again.record)) == face, where
        judged += 1
    assert judged > 1000
