"""One record with something in every field of the canonical tree, rich enough that what a format loses shows."""

from __future__ import annotations

from functools import cache

from msgspec.structs import replace

from schemas.formats.format import Writing
from schemas.formats.lom import lom
from schemas.record import File, Foreign, Record
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped

BASE_URL = "https://oerbron.example"
UUID = "6d3e4b52-0b1c-5a6e-9f5e-2d7f3c1a9b10"
URL = f"{BASE_URL}/id/resource/{UUID}"


def writing(record: Record) -> Writing:
    """What a writer needs beside the record, at an example site."""
    return Writing(shipped(), summarise(record, shipped()), uuid=UUID, url=URL, base_url=BASE_URL)


@cache
def a_full_record() -> Record:
    record = lom.read(_FULL.encode(), shipped()).record
    files = (
        File("https://example.org/fractions/video.mp4", "video/mp4", 734003, "ab" * 32, "nl", "download"),
        File("https://example.org/fractions/page", "text/html", None, None, "nl", "landing"),
    )
    return replace(record, files=files, ext=(Foreign("", -1, '{urn:x}note="kept"'),))


def _value(name: str, value: str, source: str = "LOMv1.0") -> str:
    return f"<{name}><source>{source}</source><value>{value}</value></{name}>"


def _texts(name: str, *texts: str) -> str:
    """An element with a string per text, `lang:text`."""
    strings = (text.partition(":") for text in texts)
    return f"<{name}>{''.join(_string(lang, text) for lang, _, text in strings)}</{name}>"


def _string(lang: str, text: str) -> str:
    return f'<string language="{lang}">{text}</string>' if lang else f"<string>{text}</string>"


def _person(name: str, family: str, given: str, more: str = "") -> str:
    card = f"BEGIN:VCARD\nVERSION:3.0\nN:{family};{given};;;\nFN:{name}\n{more}END:VCARD"
    return f"<entity>{card}</entity>"


def _taxon(taxon: str, entry: str, source: str) -> str:
    path = f"{_texts('source', f'x-none:{source}')}<taxon><id>{taxon}</id>{_texts('entry', entry)}</taxon>"
    return f"<taxonPath>{path}</taxonPath>"


_FULL = f"""<lom xmlns="http://ltsc.ieee.org/xsd/LOM">
<general>
 <identifier><catalog>example</catalog><entry>fractions-1</entry></identifier>
 <identifier><catalog>DOI</catalog><entry>10.1234/fractions</entry></identifier>
 {_texts("title", "nl:Breuken vereenvoudigen", "en:Simplifying fractions")}
 <language>nl_BE</language><language>en</language>
 {_texts("description", "nl:Stap voor stap.", "en:Step by step.")}
 {_texts("description", "nl:Met oefeningen.")}
 {_texts("keyword", "nl:breuken", "en:fractions")}
 {_texts("coverage", "nl:Vlaanderen", "en:Flanders")}
 {_value("structure", "hierarchical")}{_value("aggregationLevel", "2")}
</general>
<lifeCycle>
 {_texts("version", "nl:1.2")}{_value("status", "final")}
 <contribute>{_value("role", "author")}
  {_person("Ana Silva", "Silva", "Ana", "EMAIL:ana@example.org" + chr(10))}
  <date><dateTime>2024-03-05</dateTime>{_texts("description", "nl:in de lente")}</date></contribute>
 <contribute>{_value("role", "publisher")}
  <entity>BEGIN:VCARD
VERSION:3.0
N:Uitgeverij De Bron;;;;
FN:Uitgeverij De Bron
ORG:Uitgeverij De Bron
END:VCARD</entity><date><dateTime>2024</dateTime></date></contribute>
 <contribute>{_value("role", "graphical designer")}{_person("Bo Peeters", "Peeters", "Bo")}</contribute>
</lifeCycle>
<metaMetadata>
 <identifier><catalog>URI</catalog><entry>https://example.org/catalogue/fractions</entry></identifier>
 <contribute>{_value("role", "creator")}{_person("Cas Maes", "Maes", "Cas")}
  <date><dateTime>2024-04-01</dateTime></date></contribute>
 <metadataSchema>LOMv1.0</metadataSchema><language>nl</language>
</metaMetadata>
<technical>
 <format>text/html</format><format>application/pdf</format><size>20480</size>
 <location>https://example.org/fractions</location><location>https://example.org/fractions.pdf</location>
 <requirement><orComposite>{_value("type", "browser")}{_value("name", "any")}
  <minimumVersion>1</minimumVersion><maximumVersion>2</maximumVersion></orComposite></requirement>
 {_texts("installationRemarks", "nl:Niets te installeren.")}{_texts("otherPlatformRequirements", "nl:Geluid aan.")}
 <duration><duration>PT10M</duration>{_texts("description", "nl:ongeveer")}</duration>
</technical>
<educational>
 {_value("interactivityType", "active")}{_value("learningResourceType", "exercise")}
 {_value("learningResourceType", "werkblad", "https://example.org/types")}
 {_value("interactivityLevel", "high")}{_value("semanticDensity", "low")}
 {_value("intendedEndUserRole", "learner")}{_value("context", "school")}
 {_texts("typicalAgeRange", "x-none:10-12")}{_value("difficulty", "easy")}
 <typicalLearningTime><duration>PT1H</duration></typicalLearningTime>
 {_texts("description", "nl:In groepjes van twee.")}<language>nl</language>
</educational>
<rights>
 {_value("cost", "no")}{_value("copyrightAndOtherRestrictions", "yes")}
 {_texts("description", "x-none:https://creativecommons.org/licenses/by-sa/4.0/", "nl:Met naamsvermelding.")}
</rights>
<relation>{_value("kind", "ispartof")}<resource>
 <identifier><catalog>URI</catalog><entry>https://example.org/course</entry></identifier>
 {_texts("description", "nl:De cursus rekenen")}</resource></relation>
<relation>{_value("kind", "isbasedon")}<resource>
 <identifier><catalog>URI</catalog><entry>https://example.org/original</entry></identifier></resource></relation>
<relation>{_value("kind", "requires")}<resource>
 <identifier><catalog>URI</catalog><entry>https://example.org/before</entry></identifier></resource></relation>
<annotation>{_person("Dirk Claes", "Claes", "Dirk")}<date><dateTime>2024-05-01</dateTime></date>
 {_texts("description", "nl:Werkte goed in mijn klas.")}</annotation>
<classification>{_value("purpose", "discipline")}
 {_taxon("http://w3id.org/kim/schulfaecher/s1017", "de:Mathematik", "http://w3id.org/kim/schulfaecher/")}
 {_taxon("510", "en:Mathematics", "DDC")}
 {_texts("description", "nl:rekenen op school")}{_texts("keyword", "nl:rekenen", "en:arithmetic")}</classification>
<classification>{_value("purpose", "educational objective")}
 {_taxon("https://example.org/objectives/7", "nl:kan vereenvoudigen", "https://example.org/objectives/")}</classification>
</lom>"""
