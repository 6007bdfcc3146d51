"""How many of the shared real records pass each profile: no error by it, and no warning of `core`."""

from __future__ import annotations

from collections import Counter

import pytest

from portal.commands.find_files import Walk, Wishes, deliveries
from schemas.validation import validation
from schemas.vocabularies.vocabularies import shipped
from tests.support.shared import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.slow]

PASSING = {
    # folder: records read, core, lom-strict, oersi, wlo, core without a warning
    "amb_de": (138, 138, 24, 39, 39, 0),
    "edurep_nl": (11, 10, 1, 10, 9, 2),
    "ekoolikott_ee": (6, 5, 0, 5, 0, 0),
    "lom2mlr_ca_fr": (13, 13, 1, 13, 1, 2),
    "lrmi_dcmi": (5, 5, 0, 3, 0, 0),
    "mit_libguides_dc": (1019, 1012, 8, 1007, 0, 0),
    "obaa_federation_br": (2027, 2027, 1, 1476, 4, 0),
    "oer_commons_csv": (2175, 2172, 0, 2148, 1290, 0),
    "open_textbooks_tsv": (1597, 1597, 1597, 0, 0, 0),
    "pylom_nl": (2, 1, 0, 1, 1, 0),
    "scolomfr_fr": (21, 21, 0, 21, 6, 2),
    "sickle_oai_dc": (6, 6, 0, 4, 0, 0),
}


def passing(folder: str) -> tuple[int, ...]:
    found: Counter[str] = Counter()
    for file in Walk([SHARED / "data" / folder]):
        for delivery in deliveries(file, Wishes(), shipped()):
            if delivery.reading is None:
                continue
            found["read"] += 1
            for profile in ("core", "lom-strict", "oersi", "wlo"):
                severities = {one.severity for one in validation.validate(delivery.reading.record, profile, shipped())}
                found[profile] += "error" not in severities
                found["clean"] += profile == "core" and not severities & {"error", "warning"}
    return tuple(found[key] for key in ("read", "core", "lom-strict", "oersi", "wlo", "clean"))


@pytest.mark.parametrize("folder", PASSING)
def test_as_many_records_pass_as_did(folder: str) -> None:
    assert passing(folder) == PASSING[folder]
