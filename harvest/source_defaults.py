"""What a source's settings change about its records before they are taken in: the licence for those without one.

Pure. What was received is changed and the change told as a repair, so that a second delivery compares as equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from repository.config.sections import HarvestSource
from schemas.errors import Repair
from schemas.formats.format import Delivery
from schemas.licence import of_rights
from schemas.record import LangString, Record, Rights, Vocabulary

RULE: Final = "default_licence"


def changing(source: HarvestSource) -> Callable[[Delivery], Delivery]:
    """What is done to each delivery of a source."""
    if not source.licence:
        return _as_it_is
    return lambda delivery: with_licence(delivery, source.licence)


def with_licence(delivery: Delivery, licence: str) -> Delivery:
    """The delivery, with a licence when its record says nothing about rights."""
    reading = delivery.reading
    if reading is None or _says(reading.record):
        return delivery
    rights = reading.record.rights or Rights()
    said = replace(
        rights,
        copyright_and_other_restrictions=rights.copyright_and_other_restrictions or Vocabulary("LOMv1.0", "yes"),
        description=(*(rights.description or ()), LangString(None, licence)),
    )
    repair = Repair("rights.description", RULE, None, licence)
    changed = replace(reading, record=replace(reading.record, rights=said), repairs=(*reading.repairs, repair))
    return replace(delivery, reading=changed)


def _says(record: Record) -> bool:
    """Whether a record names a licence, or says in words what may be done with it."""
    if record.rights is None:
        return False
    licence = of_rights(record.rights)
    return licence is not None and (licence.uri is not None or bool(record.rights.description))


def _as_it_is(delivery: Delivery) -> Delivery:
    return delivery
