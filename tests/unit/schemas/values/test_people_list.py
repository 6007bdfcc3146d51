"""Several people in one text, and what only looks like it."""

from __future__ import annotations

from typing import Final

import pytest
from msgspec.structs import replace

from schemas import agent
from schemas.record import Contribute, LifeCycle, Vocabulary
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped
from tests.support.factories import a_record

LISTS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Ada Voorbeeld and Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld & Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld en Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld und Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld et Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld y Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld e Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld i Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld og Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld och Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld ja Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld és Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld; Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld, Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld, Ben Proef and Cas Test", ("Ada Voorbeeld", "Ben Proef", "Cas Test")),
    ("Ada Voorbeeld, Ben Proef, and Cas Test", ("Ada Voorbeeld", "Ben Proef", "Cas Test")),
    ("Ada Voorbeeld / Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld/Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld | Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Voorbeeld, Ada; Proef, Ben", ("Ada Voorbeeld", "Ben Proef")),
    ("Voorbeeld, Ada and Proef, Ben", ("Ada Voorbeeld", "Ben Proef")),
    ("Voorbeeld, A.; Proef, B.", ("A. Voorbeeld", "B. Proef")),
    ("Voorbeeld, A., Proef, B.", ("A. Voorbeeld", "B. Proef")),
    ("Voorbeeld, A., & Proef, B.", ("A. Voorbeeld", "B. Proef")),
    ("Voorbeeld, A. & Proef, B.", ("A. Voorbeeld", "B. Proef")),
    ("A. Voorbeeld, B. Proef", ("A. Voorbeeld", "B. Proef")),
    ("A. Voorbeeld and B. Proef", ("A. Voorbeeld", "B. Proef")),
    ("Dr. Ada Voorbeeld and Prof. Ben Proef", ("Dr. Ada Voorbeeld", "Prof. Ben Proef")),
    ("Jan van der Berg en Piet de Vries", ("Jan van der Berg", "Piet de Vries")),
    ("Ada Voorbeeld + Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld, Ben Proef, Cas Test, Dirk Lijst", ("Ada Voorbeeld", "Ben Proef", "Cas Test", "Dirk Lijst")),
    ("Anna Müller, Jürgen Groß und Peter Weiß", ("Anna Müller", "Jürgen Groß", "Peter Weiß")),
    ("María López y José Pérez", ("María López", "José Pérez")),
    ("Ada Voorbeeld\nBen Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Voorbeeld, Ada & Proef, Ben", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld met Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Ada Voorbeeld with Ben Proef", ("Ada Voorbeeld", "Ben Proef")),
    ("Иван Петров и Мария Иванова", ("Иван Петров", "Мария Иванова")),
    ("Jan Novák a Petr Svoboda", ("Jan Novák", "Petr Svoboda")),
    ("Ada B. Voorbeeld and Ben C. Proef", ("Ada B. Voorbeeld", "Ben C. Proef")),
    ("Voorbeeld A., Proef B.", ("Voorbeeld A.", "Proef B.")),
)
COUNTS: Final[tuple[tuple[str, int], ...]] = (
    ("Jan Maes und Eva Klein", 2),
    ("Jan Maes, Eva Klein", 2),
    ("Maes, J., Klein, E. & Groot, F.", 3),
    ("Maes, Jan; Klein, Eva; De Groot, Fien", 3),
    ("Jan Maes en Eva Klein en Fien De Groot", 3),
    ("Prof. Jan Maes & Dr. Eva Klein", 2),
    ("Jan Maes\nEva Klein\nFien De Groot", 3),
    ("by Jan Maes and Eva Klein", 2),
    ("Jan Maes (auteur), Eva Klein (illustraties)", 2),
    ("Marta Ruiz y Carlos Gil", 2),
    ("Sofia Rossi e Marco Bianchi", 2),
    ("Anna Nowak i Jan Kowalski", 2),
    ("Kari Nordmann og Ola Hansen", 2),
    ("Maes Jan, Klein Eva, Groot Fien", 3),
    ("J. Maes, E. Klein and F. Groot", 3),
    ("Jan Maes; Universiteit Gent", 2),
    ("Van den Berg, Jan & De Wit, Eva", 2),
    ("J Maes, E Klein", 2),
    ("Miguel de Cervantes y Saavedra", 1),
    ("Instituut voor Natuur- en Bosonderzoek", 1),
    ("Cambridge and Oxford Press", 1),
    ("Heinemann & Co", 1),
    ("Ministry of Health and Welfare", 1),
    ("Kind en Gezin", 1),
    ("Pérez Galdós, Benito María", 1),
    ("Department of Mathematics, Ghent University", 1),
    ("Kunst- und Ausstellungshalle", 1),
    ("Koning Boudewijnstichting", 1),
    ("Marks & Spencer", 1),
    ("García Lorca, Federico", 1),
    ("Rolls-Royce", 1),
    ("Natuur en Techniek", 1),
    ("Bund und Länder", 1),
    ("da Silva e Souza, Ana", 1),
)
NO_LISTS: Final[tuple[str, ...]] = (
    "Marcia de Abreu e Silva Hennig",
    "Luna Freire, Maria Martha de",
    "Rezende, Eduardo Menezes de Carlos",
    "Oliveira, M. A.",
    "José Ortega y Gasset",
    "Santiago Ramón y Cajal",
    "Department of Education and Training",
    "Taylor and Francis",
    "Johnson & Johnson",
    "Simon & Schuster",
    "Ministerie van Onderwijs en Vorming",
    "Springer Science and Business Media",
    "Ada Voorbeeld",
    "University of Oslo and University of Bergen Press",
    "Josep Puig i Cadafalch",
    "Kunst und Kultur Verein",
    "Smith and Sons",
    "Food and Agriculture Organization",
    "Onderwijs en Vorming",
    "Bund für Umwelt und Naturschutz Deutschland",
    "Stichting Lezen & Schrijven",
    "Voorbeeld",
    "Procter & Gamble",
    "Erziehung und Wissenschaft",
    "Instituto de Investigación y Desarrollo",
    "Centre for Research and Development",
    "Marks and Spencer",
    "WordPress and Friends",
    "Sciences et Avenir",
    "National Geographic and Partners",
    "Smith, John, Jr.",
    "Voorbeeld, Ada",
    "De Clercq, Jan",
    "Martin Luther King, Jr.",
)


@pytest.mark.parametrize(("text", "names"), LISTS)
def test_people_in_one_text_are_parted(text: str, names: tuple[str, ...]) -> None:
    assert tuple(one.fn for one in agent.read_all(text)) == names


@pytest.mark.parametrize(("text", "people"), COUNTS)
def test_as_many_people_as_there_are(text: str, people: int) -> None:
    assert len(agent.read_all(text)) == people


@pytest.mark.parametrize("text", NO_LISTS)
def test_what_is_one_name_stays_one(text: str) -> None:
    assert len(agent.read_all(text)) == 1


def test_a_card_with_two_names_is_shown_as_two_people() -> None:
    card = "BEGIN:VCARD\nFN:Ada Voorbeeld and Ben Proef\nEND:VCARD"
    contribute = Contribute(Vocabulary("LOMv1.0", "author"), (agent.read(card),))

    found = summarise(replace(a_record(), life_cycle=LifeCycle(contribute=(contribute,))), shipped())

    assert [one.name for one in found.contributors] == ["Ada Voorbeeld", "Ben Proef"]
