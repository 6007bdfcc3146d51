"""Every real LOM record of the shared data: what is valid comes back equal, of the rest only what is told differs.

Each record goes the whole way: delivered by the importer, through canonical JSON, out by the verbatim export and as
the published face. The accounts per folder are printed, so that a run shows what was proved.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from functools import cached_property

import pytest
from lxml import etree

from schemas.formats.format import Delivery, Reading, Writing
from schemas.formats.lom import imsmd, lom
from schemas.namespaces import LOM
from schemas.record import Record, from_json, to_json
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped
from tests.support.lom.diff import untold, untold_texts
from tests.support.referee import canonical, lom_schema, real_records, violations
from tests.support.shared import needs_shared

pytestmark = [needs_shared, pytest.mark.slow]

KINDS = ("records", "loose-valid", "equal", "only told differs", "exports valid", "come back the same")
ROWS = {
    "edurep_nl": (11, 0, 0, 11, 11, 11),
    "ekoolikott_ee": (6, 4, 4, 2, 6, 6),
    "lom2mlr_ca_fr": (13, 13, 13, 0, 13, 13),
    "obaa_federation_br": (1623, 0, 0, 1623, 1623, 1623),
    "pylom_nl": (2, 0, 0, 2, 2, 2),
    "scolomfr_fr": (21, 20, 20, 1, 21, 21),
}


class Case:
    """One real record: its element, what was read of it, and its export."""

    def __init__(self, folder: str, delivery: Delivery) -> None:
        assert delivery.reading is not None
        self.folder = folder
        self.reading: Reading = delivery.reading
        self.source = _record_in(etree.fromstring(delivery.source_bytes, etree.XMLParser(remove_comments=True)))
        self.record: Record = from_json(to_json(self.reading.record))
        self.export = lom.write_verbatim(self.record)
        self.valid = self.source.tag == f"{{{LOM}}}lom" and lom_schema().validate(self.source)
        self.equal = canonical(etree.fromstring(self.export)) == canonical(self.source)

    @cached_property
    def untold(self) -> list[object]:
        """What differs between the record and its export without a repair that tells of it."""
        compare = untold_texts if imsmd.recognises(self.source) else untold
        return list(compare(self.source, etree.fromstring(self.export), self.reading.repairs))

    def __repr__(self) -> str:
        return f"{self.folder}: {etree.tostring(self.source)[:200]!r}"


def _record_in(root: etree._Element) -> etree._Element:
    return next(one for one in root.iter() if lom.recognises(one) or imsmd.recognises(one))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [Case(folder, delivery) for folder, delivery in real_records()]


def test_the_accounts_of_the_folders(cases: list[Case], capsys: pytest.CaptureFixture[str]) -> None:
    rows: dict[str, Counter[str]] = {}
    for case in cases:
        found = (
            True,
            case.valid,
            case.valid and case.equal,
            not case.equal and not case.untold,
            not violations(case.export),
            lom.read(case.export, shipped()).record == case.record,
        )
        rows.setdefault(case.folder, Counter()).update(kind for kind, true in zip(KINDS, found, strict=True) if true)
    with capsys.disabled():
        sys.stdout.write(_table(rows))

    assert {folder: tuple(row[kind] for kind in KINDS) for folder, row in rows.items()} == ROWS


def _table(rows: dict[str, Counter[str]]) -> str:
    lines = [f"\n{'folder':20}" + "".join(f"{kind:>20}" for kind in KINDS)]
    lines += [f"{folder:20}" + "".join(f"{row[kind]:>20}" for kind in KINDS) for folder, row in rows.items()]
    return "\n".join(lines) + "\n"


def test_canonical_json_is_lossless(cases: list[Case]) -> None:
    for case in cases:
        assert case.record == case.reading.record, case


def test_a_loose_valid_record_comes_back_equal_and_untold(cases: list[Case]) -> None:
    for case in cases:
        if case.valid:
            assert canonical(etree.fromstring(case.export)) == canonical(case.source), case
            assert case.reading.repairs == (), case


def test_of_the_others_only_what_is_told_differs(cases: list[Case]) -> None:
    for case in cases:
        if not case.valid:
            assert case.untold == [], case


def test_a_lom_record_that_is_not_valid_is_told_of(cases: list[Case]) -> None:
    for case in cases:
        if not case.valid and not imsmd.recognises(case.source):
            assert case.reading.repairs, case


def test_every_verbatim_export_validates(cases: list[Case]) -> None:
    for case in cases:
        assert violations(case.export) == [], case


def test_every_verbatim_export_reads_back_the_same(cases: list[Case]) -> None:
    for case in cases:
        again = lom.read(case.export, shipped()).record
        assert again == case.record, case
        assert lom.write_verbatim(again) == case.export, case


def _face(record: Record, *, publish_contact: bool = False) -> bytes:
    summary = summarise(record, shipped())
    return lom.write(record, Writing(shipped(), summary, publish_contact=publish_contact))


def test_every_face_validates_and_is_a_fixed_point(cases: list[Case]) -> None:
    for case in cases:
        for contact in (False, True):
            face = _face(case.record, publish_contact=contact)
            assert violations(face) == [], case
            again = lom.read(face, shipped())
            assert again.repairs == (), case
            assert _face(again.record, publish_contact=contact) == face, case


def _unlawful(test: Callable[[etree._Element], bool], cases: list[Case]) -> list[tuple[Case, str]]:
    return [
        (case, str(one.tag)) for case in cases for one in etree.fromstring(_face(case.record)).iter() if not test(one)
    ]


def test_no_face_has_an_empty_element_or_a_blank_at_an_end(cases: list[Case]) -> None:
    def lawful(one: etree._Element) -> bool:
        return len(one) > 0 or bool(one.text and one.text == one.text.strip())

    assert _unlawful(lawful, cases) == []


def test_no_face_has_an_address_of_a_contributor(cases: list[Case]) -> None:
    def lawful(one: etree._Element) -> bool:
        card = one.text or ""
        return not str(one.tag).endswith("}entity") or not ("@" in card or "\nTEL" in card or "\nEMAIL" in card)

    assert _unlawful(lawful, cases) == []
