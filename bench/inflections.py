"""Pairs of forms of one word, written by hand: what people type, and what stands in a title, by language."""

from __future__ import annotations

from typing import Final

_NL: Final = """
breuken breuk, lessen les, toetsen toets, opdrachten opdracht, oefeningen oefening, getallen getal,
vergelijkingen vergelijking, dieren dier, planten plant, landen land, steden stad, kinderen kind, leerlingen
leerling, boeken boek, teksten tekst, woorden woord, zinnen zin, cellen cel, bronnen bron, kaarten kaart,
grafieken grafiek, tabellen tabel, functies functie, figuren figuur, hoeken hoek, driehoeken driehoek, werelden
wereld, oorlogen oorlog, eeuwen eeuw, talen taal, scholen school, klassen klas, groepen groep, vragen vraag,
spellen spel, liederen lied, verhalen verhaal, lesbrieven lesbrief, werkbladen werkblad, projecten project,
thema's thema, video's video, foto's foto
"""
_EN: Final = """
fractions fraction, equations equation, animals animal, plants plant, cells cell, books book, lessons lesson,
stories story, countries country, cities city, children child, activities activity, theories theory, studies
study, principles principle, concepts concept, methods method, problems problem, systems system, functions
function, numbers number, words word, texts text, tests test, exercises exercise, maps map, laws law, materials
material, introductions introduction, foundations foundation, histories history, economies economy, societies
society, analyses analysis, matrices matrix, basics basic, skills skill, resources resource, students student,
teachers teacher, teaching teach, writing write, reading read, programming program, engineering engineer,
lectures lecture
"""
_DE: Final = """
Brüche Bruch, Gleichungen Gleichung, Tiere Tier, Pflanzen Pflanze, Zellen Zelle, Bücher Buch, Länder Land,
Städte Stadt, Kinder Kind, Schüler Schülern, Aufgaben Aufgabe, Übungen Übung, Texte Text, Wörter Wort, Zahlen
Zahl, Funktionen Funktion, Materialien Material, Arbeitsblätter Arbeitsblatt, Projekte Projekt, Themen Thema,
Geschichten Geschichte, Spiele Spiel, Fragen Frage, Karten Karte
"""
_FR: Final = """
équations équation, animaux animal, plantes plante, cellules cellule, livres livre, leçons leçon, élèves élève,
écoles école, textes texte, mots mot, nombres nombre, fonctions fonction, activités activité, exercices
exercice, cartes carte, histoires histoire, pays pays, villes ville, enfants enfant, jeux jeu, projets projet,
problèmes problème
"""


def _pairs(words: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in words.casefold().split(","):
        one, other = pair.split()
        found |= {one: other, other: one}
    return found


OTHER_FORM: Final = {"nl": _pairs(_NL), "en": _pairs(_EN), "de": _pairs(_DE), "fr": _pairs(_FR)}
"""By language: a word to another form of it, both ways."""
