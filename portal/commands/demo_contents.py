"""What `oerbron demo` shows beside records: somebody of each role, collections, contributions in every state, requests.

Everything is made by the same doers that pages call, once; a demo that has it already is left as it is. The log-ins are
for trying only, and everybody who reads this knows them.
"""

from __future__ import annotations

from typing import Final

from repository import deposit
from repository.accounts import Actor, organisations, people, profiles
from repository.accounts.profiles import Profile
from repository.collections import editing, shown
from repository.deposit import Save
from repository.deposit.action import Action, act
from repository.published import snapshot
from repository.requests import requests
from repository.requests.requests import Asked
from repository.site import Site
from schemas.record import General, LangString, Record, Rights, Technical

PASSWORD: Final = "only-for-trying"  # noqa: S105 - printed by the demo
PEOPLE: Final = {
    "teacher@demo.example": ("contributor", "Tine Proef"),
    "reviewer@demo.example": ("reviewer", "Rik Kijker"),
    "curator@demo.example": ("curator", "Cora Schikker"),
    "admin@demo.example": ("admin", "Ada Beheer"),
}
"""E-mail address -> role and name."""
_LICENCE: Final = "https://creativecommons.org/licenses/by-sa/4.0/"
_SHARED: Final = (
    ("draft", "Klad: een quiz over de seizoenen", ()),
    ("submitted", "Tafels oefenen met kaarten", ()),
    ("in_review", "Een kompas maken met een naald", ("claim",)),
    ("changes_requested", "Woorden sorteren op klank", ("claim", "request_changes")),
    ("rejected", "Reclame voor een rekenapp", ("claim", "reject")),
)
_SAID: Final = {
    "request_changes": "Mooi werk! Voor welk leerjaar is het, en welke licentie krijgt het?",
    "reject": "Dit is reclame; we nemen alleen leermiddelen op.",
}
_TEXT: Final = {
    "nl": ("Week van het rekenen", "Leermiddelen om een week lang overal te rekenen."),
    "en": ("Maths week", "Resources to do maths everywhere for a week."),
    "fr": ("Semaine des maths", "Des ressources pour faire des maths partout pendant une semaine."),
    "de": ("Mathewoche", "Materialien, um eine Woche lang überall zu rechnen."),
}
_WHY: Final = {
    "nl": "Werkt zonder voorbereiding.",
    "en": "Works without preparation.",
    "fr": "Fonctionne sans préparation.",
    "de": "Geht ohne Vorbereitung.",
}


def fill(site: Site) -> None:
    """Make what is not there yet."""
    if people.find(site, "admin@demo.example") is not None:
        return
    accounts = {email: people.add(site, email, role, PASSWORD, name) for email, (role, name) in PEOPLE.items()}
    teacher = accounts["teacher@demo.example"]
    profiles.save(
        site, Profile(teacher, handle="tine-proef", about="Ik geef wiskunde.", public=("profile", "name", "about"))
    )
    for place, organisation in enumerate(organisations.every(site)[:2]):
        organisations.join(site, organisation.slug, "teacher@demo.example", "manager" if place == 0 else "member")
    _share(site, _actor(site, teacher), _actor(site, accounts["reviewer@demo.example"]))
    _collect(site)
    _ask(site)


def _actor(site: Site, account: int) -> Actor:
    found = people.actor(site, account)
    if found is None:
        raise LookupError(f"account {account} was just made and is not there")
    return found


def _share(site: Site, teacher: Actor, reviewer: Actor) -> None:
    """A contribution in each state that moderation knows."""
    for number, (state, title, moves) in enumerate(_SHARED):
        record = Record(
            general=General(title=(LangString("nl", title),), language=("nl",)),
            technical=Technical(location=(f"https://lessons.example.org/{number}",)),
            rights=Rights(description=(LangString("en", _LICENCE),)) if state != "changes_requested" else None,
        )
        as_state = "draft" if state == "draft" else "submitted"
        made = deposit.save(site, teacher, Save(record=record, as_state=as_state))
        for move in moves:
            act(site, reviewer, made.uuid, Action(move, note=_SAID.get(move)))


def _collect(site: Site) -> None:
    """A collection of some records that are public, with why."""
    with snapshot(site.database) as line:
        chosen = [item.uuid for item in line.newest(6)]
    items = [shown.Item(uuid, {}, _WHY if place == 0 else {}) for place, uuid in enumerate(chosen)]
    title = {tag: words[0] for tag, words in _TEXT.items()}
    intro = {tag: words[1] for tag, words in _TEXT.items()}
    editing.put(site, shown.Collection("maths-week", title, intro, "curated"), items)


def _ask(site: Site) -> None:
    """A report and a takedown that wait."""
    with snapshot(site.database) as line:
        first, second = (item.uuid for item in line.newest(2))
    requests.ask(site, Asked("report", "De link werkt niet meer.", "", first))
    requests.ask(site, Asked("takedown", "Deze tekst is van mij.", "maker@demo.example", second))
