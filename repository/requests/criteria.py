"""The criteria that moderators judge by, in versions: a review keeps the version that it was made with.

Version 1 comes with OERbron; who changes the criteria writes the next version, which is in force from its day on. A
criterion is judged by a person (`human`) or by a check of ours (`auto`); `must` decides, `should` advises.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, text

_SET: Final = text('SELECT id, version, intro FROM criterion_set WHERE "from" <= :now ORDER BY version DESC LIMIT 1')
_EVERY: Final = text('SELECT code, kind, weight, question, "check" FROM criterion WHERE "set" = :id ORDER BY n')


class Criterion(msgspec.Struct, frozen=True):
    """One criterion; `question` is {language: text}, `check` the name of an automatic one."""

    code: str
    kind: Literal["human", "auto"]
    weight: Literal["must", "should"]
    question: dict[str, str]
    check: str | None = None


class CriterionSet(msgspec.Struct, frozen=True):
    """A version of the criteria; `intro` is {language: text}."""

    version: int
    intro: dict[str, str]
    criteria: tuple[Criterion, ...]


def in_force(connection: Connection, now: int) -> CriterionSet:
    """The criteria of today: the newest version that was written, else the first."""
    row = connection.execute(_SET, {"now": now}).one_or_none()
    if row is None:
        return FIRST
    every = tuple(
        Criterion(each.code, each.kind, each.weight, msgspec.json.decode(each.question), each.check)
        for each in connection.execute(_EVERY, {"id": row.id})
    )
    return CriterionSet(row.version, msgspec.json.decode(row.intro), every)


def _said(nl: str, en: str, fr: str, de: str) -> dict[str, str]:
    return {"nl": nl, "en": en, "fr": fr, "de": de}


FIRST: Final = CriterionSet(
    1,
    _said(
        "Een moderator bekijkt elk leermiddel met deze vragen voor het hier verschijnt.",
        "A moderator looks at every resource with these questions before it appears here.",
        "Un modérateur examine chaque ressource avec ces questions avant qu’elle paraisse ici.",
        "Eine Moderatorin oder ein Moderator prüft jedes Material mit diesen Fragen, bevor es hier erscheint.",
    ),
    (
        Criterion("learning", "human", "must", _said(
            "Helpt het om iets te leren, en is het geen reclame?",
            "Does it help somebody learn, and is it no advertising?",
            "Aide-t-il à apprendre, sans être de la publicité ?",
            "Hilft es beim Lernen, und ist es keine Werbung?",
        )),
        Criterion("right", "human", "must", _said(
            "Klopt wat erin staat, en is het niet verouderd?",
            "Is what it says right, and not out of date?",
            "Ce qu’il dit est-il exact et à jour ?",
            "Stimmt, was darin steht, und ist es nicht veraltet?",
        )),
        Criterion("rights", "human", "must", _said(
            "Zijn de rechten op alle beelden, teksten en geluiden in orde?",
            "Are the rights of all pictures, texts and sounds in it settled?",
            "Les droits de toutes les images, textes et sons sont-ils réglés ?",
            "Sind die Rechte an allen Bildern, Texten und Tönen geklärt?",
        )),
        Criterion("fit", "human", "must", _said(
            "Past het bij het niveau en het vak die erbij staan?",
            "Does it fit the level and the subject that are given?",
            "Convient-il au niveau et à la matière indiqués ?",
            "Passt es zur angegebenen Stufe und zum Fach?",
        )),
        Criterion("safe", "human", "must", _said(
            "Is het veilig voor leerlingen: geen verborgen kosten, niets dat kwetst of hen volgt?",
            "Is it safe for pupils: no hidden costs, nothing that hurts or follows them?",
            "Est-il sûr pour les élèves : ni coûts cachés, ni rien qui blesse ou qui les suit ?",
            "Ist es für Schüler sicher: keine versteckten Kosten, nichts, was verletzt oder sie verfolgt?",
        )),
        Criterion("usable", "human", "should", _said(
            "Kan een collega het zo gebruiken, en staat erbij wat je nodig hebt?",
            "Can a colleague use it as it is, and does it say what is needed?",
            "Un collègue peut-il l’utiliser tel quel, et dit-il ce qu’il faut ?",
            "Kann es jemand so verwenden, und steht dabei, was man braucht?",
        )),
        Criterion("access", "human", "should", _said(
            "Kan ook wie weinig ziet of hoort ermee werken?",
            "Can somebody who sees or hears little work with it too?",
            "Une personne qui voit ou entend peu peut-elle aussi l’utiliser ?",
            "Kann auch damit arbeiten, wer wenig sieht oder hört?",
        )),
        Criterion("named", "auto", "must", _said(
            "Het heeft een titel en een adres.",
            "It has a title and an address.",
            "Il a un titre et une adresse.",
            "Es hat einen Titel und eine Adresse.",
        ), "admission"),
        Criterion("licensed", "auto", "should", _said(
            "Er staat bij wat je ermee mag doen.",
            "It says what may be done with it.",
            "Il dit ce que l’on peut en faire.",
            "Es sagt, was man damit tun darf.",
        ), "licence"),
        Criterion("described", "auto", "should", _said(
            "Beschrijving, trefwoorden, niveau en vak zijn ingevuld.",
            "Description, keywords, level and subject are filled in.",
            "Description, mots-clés, niveau et matière sont remplis.",
            "Beschreibung, Schlagwörter, Stufe und Fach sind ausgefüllt.",
        ), "completeness"),
    ),
)  # fmt: skip
"""The criteria that every repository begins with."""
