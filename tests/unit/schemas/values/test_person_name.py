"""Person or organisation: by the words of a name, and by the role of publisher."""

from __future__ import annotations

from typing import Final

import pytest

from schemas import agent

PERSONS: Final[tuple[str, ...]] = (
    "Ada Lovelace",
    "Jan Peeters",
    "María José García López",
    "Jean-Luc Picard",
    "Anne-Marie de Vries",
    "Sint-Jan Van den Berghe",
    "Łukasz Żółkiewski",
    "Jürgen Müller",
    "O'Neil, Shaun",
    "van der Berg, Piet",
    "Dr. Eva Novak",
    "Prof. Dr. Hans Meier",
    "Jean DUPONT",
    "SMITH John",
    "J.R.R. Tolkien",
    "J. K. Rowling",
    "Björk Guðmundsdóttir",
    "Иван Петров",
    "Ελένη Παπαδοπούλου",
    "Ursula K. Le Guin",
    "Ludwig van Beethoven",
    "José Ortega y Gasset",
    "Santiago Ramón y Cajal",
    "Sofie De Smet",
    "Els Van Damme",
    "Lieve Schools",
    "Bart De Schutter",
    "Marie-Claire Dubois-Martin",
    "Ann McDonald",
    "Patrick MacArthur",
    "Tom DeVries",
    "Fatima El Amrani",
    "Mohammed bin Salman",
    "Nguyễn Văn An",
    "Karel Čapek",
    "Zoë Kravitz",
    "Frank Church",
    "Emma Stone",
    "Jos Verlinden",
    "Ing. Petr Dvořák",
    "Mag. Anna Huber",
    "mevr. Katrien Maes",
    "Jan Jansen (KU Leuven)",
    "Smith, J.",
    "Smith, John A.",
    "De Clercq, Jan",
    "García Márquez, Gabriel",
    "Voorbeeld A.",
    "A. Voorbeeld",
    "Voorbeeld, Ada, PhD",
    "Kofi Annan",
    "李 明",
    "Ada Voorbeeld, MSc",
    "Priya Raman",
    "Sinéad O'Connor",
    "Siobhán Ní Bhriain",
    "Antonio Gramsci",
    "Gabriele D'Annunzio",
    "Ruben Dierckx",
)
ORGANISATIONS: Final[tuple[str, ...]] = (
    "De Gruyter GmbH",
    "Die Keure",
    "Uitgeverij Plantyn",
    "Universiteit Gent",
    "KU Leuven",
    "Universität Wien",
    "Uniwersytet Warszawski",
    "Univerzita Karlova",
    "Università di Bologna",
    "Universidade do Porto",
    "Ministère de l'Éducation nationale",
    "Vlaamse Overheid",
    "Stad Antwerpen",
    "Technopolis vzw",
    "Cultuurconnect",
    "Médiathèque asbl",
    "Klascement",
    "MIT OpenCourseWare",
    "Khan Academy",
    "OpenStax",
    "Haus der Kleinen Forscher",
    "Stiftung Lesen",
    "Fondation La main à la pâte",
    "Asociación de Profesores",
    "Hogeschool PXL",
    "Katholiek Onderwijs Vlaanderen",
    "Kungliga Tekniska högskolan",
    "Helsingin yliopisto",
    "Københavns Universitet",
    "Tartu Ülikool",
    "BBC Bitesize",
    "NASA",
    "VRT NWS",
    "Het Archief",
    "Rijksmuseum",
    "The Open University",
    "TU Graz",
    "ETH Zürich",
    "École Polytechnique",
    "Lycée Victor Hugo",
    "Instituto Camões",
    "Wydawnictwo Naukowe PWN",
    "Nakladatelství Fraus",
    "Oxford University Press",
    "Pearson Education Ltd",
    "Wolters Plantyn NV",
    "Sanoma Learning B.V.",
    "Creative Commons",
    "Wikimedia Foundation",
    "Digitale Schule Hessen",
    "Landesmedienzentrum Baden-Württemberg",
    "Bundeszentrale für politische Bildung",
    "Freie Universität Berlin",
    "OER-Team",
    "Redactie Schooltv",
    "Provincie Oost-Vlaanderen",
    "Cité de l'espace",
    "Réseau Canopé",
    "Eduscol",
    "Koninklijke Bibliotheek",
    "Natuurpunt Studie",
    "Escola Superior de Educação",
    "Consejería de Educación",
    "Zentrum für Lehrerbildung",
    "Sveučilište u Zagrebu",
    "Univerza v Ljubljani",
    "Eötvös Loránd Tudományegyetem",
    "Ministerstwo Edukacji",
    "Министерство образования",
    "Πανεπιστήμιο Αθηνών",
    "Vilniaus universitetas",
)
PUBLISHERS: Final[tuple[str, ...]] = (
    "De Gruyter",
    "Die Keure",
    "MIT OpenCourseWare",
    "Van In",
    "Wolters Plantyn",
    "Springer Nature",
    "Penguin Books",
    "De Boeck",
    "Walter Kluwer",
    "Le Robert",
    "Ernst Klett",
    "Casa Editrice",
    "Bloomsbury Academic",
    "Taylor and Francis",
    "Simon & Schuster",
    "Saxion",
    "Malmberg",
    "Noordhoff Uitgevers",
    "Cengage Learning",
    "Mc Graw Hill",
    "Santillana",
    "Grupo Anaya",
    "La Découverte",
    "Éditions Hatier",
    "Marie Curie Alumni",
    "Lannoo Campus",
    "Averbode Erasme",
    "Harper Collins",
    "Sint Janscollege",
    "Open Textbook Library",
    "Karger Medical",
    "Felix Meiner",
    "Carl Hanser",
    "Walter de Gruyter",
    "John Benjamins",
    "Jessica Kingsley",
    "Edward Elgar",
    "Emerald Insight",
    "Mary Glasgow",
    "Cornelsen Verlag",
    "Klett Kinderbuch",
    "Porto Editora",
    "Leya Educação",
    "Zanichelli Editore",
    "Giunti Scuola",
    "Arnoldo Mondadori",
    "Kiron Open",
    "Europeana Schools",
    "School Tv",
    "Wiki Kids",
    "Edu Bron",
    "Pelckmans Uitgevers",
    "Acco Leuven",
    "Academia Press",
    "Garant Uitgevers",
    "Gallimard Jeunesse",
    "Bayard Presse",
    "Flammarion Jeunesse",
    "Ravensburger",
    "Beltz Juventa",
    "Schroedel",
    "Orell Füssli",
)

# A given name, an ORCID, a title or initials beside the words.
PEOPLE_WHO_PUBLISH: Final = ("Peeters, Jan", "Dr. Eva Novak", "Prof. Hans Meier", "Smith, John A.", "J. K. Rowling")


@pytest.mark.parametrize("name", PERSONS)
def test_a_name_of_a_person_is_known(name: str) -> None:
    assert agent.read(name).kind == agent.PERSON


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_a_name_of_an_organisation_is_known(name: str) -> None:
    assert agent.read(name).kind == agent.ORGANIZATION


@pytest.mark.parametrize("name", PUBLISHERS)
def test_a_publisher_is_an_organisation_without_another_sign(name: str) -> None:
    found = agent.as_publisher(agent.read(name))

    assert (found.kind, found.org) == (agent.ORGANIZATION, name)


@pytest.mark.parametrize("name", PEOPLE_WHO_PUBLISH)
def test_a_publisher_is_a_person_where_something_says_so(name: str) -> None:
    assert agent.as_publisher(agent.read(name)).kind == agent.PERSON


def test_a_stated_kind_counts_more_than_the_role() -> None:
    card = "BEGIN:VCARD\nVERSION:4.0\nKIND:individual\nFN:De Gruyter\nEND:VCARD"

    assert agent.as_publisher(agent.read(card)).kind == agent.PERSON
