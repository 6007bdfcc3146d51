"""Beasts that spoil deletions and identities: lost deletes, mass deletes, records of others."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tests.zoo.beasts import beast
from tests.zoo.provider import Kept, Provider

LATER = "2026-11-25T12:30:00Z"


def _delete(*numbers: int) -> object:
    def then(provider: Provider) -> None:
        for n in numbers:
            name = f"oai:zoo:{n}"
            provider.records[name] = replace(provider.records[name], deleted=True, datestamp=LATER)

    return then


def _lose(*numbers: int) -> object:
    def then(provider: Provider) -> None:
        for n in numbers:
            del provider.records[f"oai:zoo:{n}"]

    return then


def _revive(provider: Provider) -> None:
    for name, each in provider.records.items():
        if each.deleted:
            provider.records[name] = replace(each, deleted=False, datestamp="2026-11-25T12:45:00Z")


@beast("deletes three records", "complete: 3 deleted; 22 here", then=(_delete(1, 2, 3),))
class Deletes(Provider):
    pass


@beast("deletes and revives", "complete: 3 updated; 25 here", then=(_delete(1, 2, 3), _revive))
class Revives(Provider):
    pass


@beast(
    "deletes ten of 25 records",
    "waiting: nothing; 25 here",
    then=(_delete(*range(10)),),
    says="10 of 25 records (40 %)",
)
class DeletesMany(Provider):
    pass


@beast(
    "deletes ten of 25 records, which a person confirms",
    "complete: 10 deleted; 15 here",
    then=(_delete(*range(10)), lambda _: None),
    confirm=True,
)
class DeletesManyConfirmed(Provider):
    pass


@beast(
    "deletes ten of 25 records and revives them before anybody confirms",
    "complete: 10 unchanged; 25 here",
    then=(_delete(*range(10)), _revive),
)
class DeletesManyAndRevives(Provider):
    pass


@beast("deletes records, which its source's settings keep", "complete: 3 unchanged; 25 here", then=(_delete(1, 2, 3),),
       settings={"deletes": "keep"})  # fmt: skip
class DeletesInVain(Provider):
    pass


@beast("lets records vanish without a word", "complete: 3 deleted; 22 here", then=(_lose(1, 2, 3),))
@dataclass
class Vanish(Provider):
    deleted_record: str = "no"


@beast("keeps deletions for a while only", "complete: 3 deleted; 22 here", then=(_lose(1, 2, 3),))
@dataclass
class Transient(Provider):
    deleted_record: str = "transient"


@beast("says that it keeps deletions and forgets them; its audit is asked for", "complete: 3 deleted; 22 here",
       then=(_lose(1, 2, 3),), settings={"audit": "always"})  # fmt: skip
class Liar(Provider):
    pass


@beast("loses ten of 25 records without a word", "waiting: nothing; 25 here", then=(_lose(*range(10)),), says="40 %")
@dataclass
class VanishMany(Provider):
    deleted_record: str = "no"


@beast("loses everything", "waiting: nothing; 25 here", then=(_lose(*range(25)),), says="100 %")
@dataclass
class VanishAll(Provider):
    deleted_record: str = "no"


@beast(
    "keeps no deletions and cannot list identifiers",
    "incomplete: nothing; 25 here",
    then=(_lose(1, 2, 3),),
    says="could not be checked",
    most_requests=60,
)
@dataclass
class VanishUnseen(Provider):
    deleted_record: str = "no"

    def listed(self, verb: str, arguments: dict[str, str]) -> str:
        return self.error("badVerb") if verb == "ListIdentifiers" else super().listed(verb, arguments)


@beast("deletes a record without saying which", "complete: 25 created, 1 rejected; 25 here; held: 1 no_identity")
class DeletesNothing(Provider):
    def page(self, verb: str, page: list[Kept], token: str) -> str:
        nameless = '<record><header status="deleted"><datestamp>2026-01-01</datestamp></header></record>'
        return super().page(verb, page, (nameless if page[0].identifier == "oai:zoo:0" else "") + token)


@beast("deletes records that were never here", "complete: 24 created, 1 unchanged; 24 here")
class DeletesStrangers(Provider):
    def __post_init__(self) -> None:
        _delete(7)(self)  # type: ignore[operator]


@beast("gives our own records back to us", "complete: 24 created, 1 unchanged; 24 here")
class Mirror(Provider):
    def record(self, each: Kept) -> str:
        found = super().record(each)
        ours = (
            '<about><provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance"><originDescription'
            ' harvestDate="2026-01-01T00:00:00Z" altered="true"><baseURL>http://between.example/oai</baseURL>'
            "<originDescription><baseURL>http://zoo-keeper.example/oai</baseURL></originDescription>"
            "</originDescription></provenance></about>"
        )
        return found.replace("</record>", ours + "</record>") if each.identifier == "oai:zoo:13" else found


@beast("names its records as ours", "complete: 24 created, 1 unchanged; 24 here")
class Impostor(Provider):
    def record(self, each: Kept) -> str:
        ours = "oai:zoo-keeper.example:6d3e4b52-0b1c-5a6e-9f5e-2d7f3c1a9b10"
        return re.sub(
            "<identifier>oai:zoo:13</identifier>", f"<identifier>{ours}</identifier>", super().record(each), count=1
        )
