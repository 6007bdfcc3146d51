"""The explorer's sentences in Dutch, French and German; the English sentence is the key.

Pure. A test holds this table and the templates together. Words of the protocol (verbs, arguments, error codes and the
messages of errors) stay as harvesters see them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_ORDER: Final = ("nl", "fr", "de")
_SENTENCES: Final[dict[str, tuple[str, str, str]]] = {
    "About this record": ("Over dit record", "À propos de cette notice", "Über diesen Datensatz"),
    "All records": ("Alle records", "Toutes les notices", "Alle Datensätze"),
    "As of %(date)s": ("Stand van %(date)s", "État du %(date)s", "Stand vom %(date)s"),
    "Base URL for harvesters": ("Basis-URL voor harvesters", "URL de base pour les moissonneurs",
                                "Basis-URL für Harvester"),
    "Changed on or after (from)": ("Gewijzigd op of na (from)", "Modifié à partir du (from)", "Geändert ab (from)"),
    "Changed on or before (until)": ("Gewijzigd op of voor (until)", "Modifié jusqu’au (until)",
                                     "Geändert bis (until)"),
    "Each part has its own base URL, formats, sets and deleted records.": (
        "Elk deel heeft een eigen basis-URL, formaten, sets en verwijderde records.",
        "Chaque partie a sa propre URL de base, ses formats, ses ensembles et ses notices supprimées.",
        "Jeder Teil hat eine eigene Basis-URL, eigene Formate, Sets und gelöschte Datensätze."),
    "Explorer": ("Verkenner", "Explorateur", "Explorer"),
    "For a single record and its formats": ("Voor één record en zijn formaten", "Pour une seule notice et ses formats",
                                            "Für einen Datensatz und seine Formate"),
    "For lists": ("Voor lijsten", "Pour les listes", "Für Listen"),
    "For lists and single records": ("Voor lijsten en losse records", "Pour les listes et les notices seules",
                                     "Für Listen und einzelne Datensätze"),
    "Format (metadataPrefix)": ("Formaat (metadataPrefix)", "Format (metadataPrefix)", "Format (metadataPrefix)"),
    "Formats": ("Formaten", "Formats", "Formate"),
    "Formats of this record": ("Formaten van dit record", "Formats de cette notice", "Formate dieses Datensatzes"),
    "Headers": ("Headers", "En-têtes", "Header"),
    "Headers of records in %(name)s": ("Headers van records in %(name)s", "En-têtes des notices en %(name)s",
                                       "Header der Datensätze in %(name)s"),
    "Identifier": ("Identifier", "Identifiant", "Identifikator"),
    "Language": ("Taal", "Langue", "Sprache"),
    "Lists": ("Lijsten", "Listes", "Listen"),
    "Make a request": ("Stel een aanvraag samen", "Composer une requête", "Eine Anfrage stellen"),
    "Make another request": ("Stel een andere aanvraag samen", "Composer une autre requête",
                             "Eine andere Anfrage stellen"),
    "Metadata": ("Metadata", "Métadonnées", "Metadaten"),
    "Name": ("Naam", "Nom", "Name"),
    "Namespace": ("Naamruimte", "Espace de noms", "Namensraum"),
    "Next page": ("Volgende pagina", "Page suivante", "Nächste Seite"),
    "OAI-PMH explorer": ("OAI-PMH-verkenner", "Explorateur OAI-PMH", "OAI-PMH-Explorer"),
    "Parts of this repository": ("Delen van deze repository", "Parties de cet entrepôt",
                                 "Teile dieses Repositoriums"),
    "Prefix": ("Prefix", "Préfixe", "Präfix"),
    "Records": ("Records", "Notices", "Datensätze"),
    "Records in %(name)s": ("Records in %(name)s", "Notices de %(name)s", "Datensätze in %(name)s"),
    "Records from number %(first)s, of %(total)s.": (
        "Records vanaf nummer %(first)s, van %(total)s.", "Notices à partir du numéro %(first)s, sur %(total)s.",
        "Datensätze ab Nummer %(first)s, von %(total)s."),
    "Requests": ("Aanvragen", "Requêtes", "Anfragen"),
    "Schema": ("Schema", "Schéma", "Schema"),
    "Send": ("Versturen", "Envoyer", "Senden"),
    "Set": ("Set", "Ensemble", "Set"),
    "Sets": ("Sets", "Ensembles", "Sets"),
    "Sets from number %(first)s, of %(total)s.": (
        "Sets vanaf nummer %(first)s, van %(total)s.", "Ensembles à partir du numéro %(first)s, sur %(total)s.",
        "Sets ab Nummer %(first)s, von %(total)s."),
    "Skip to the content": ("Naar de inhoud", "Aller au contenu", "Zum Inhalt"),
    "This is the address where harvesters take the records of this repository (OAI-PMH 2.0). You see this page because"
    " you came with a browser; a harvester gets XML at the same address. Deleted records stay visible as deleted, for"
    " ever.": (
        "Op dit adres halen harvesters de records van deze repository op (OAI-PMH 2.0). U ziet deze pagina omdat u met"
        " een browser kwam; een harvester krijgt op hetzelfde adres XML. Verwijderde records blijven voor altijd als"
        " verwijderd zichtbaar.",
        "C’est à cette adresse que les moissonneurs prennent les notices de cet entrepôt (OAI-PMH 2.0). Vous voyez"
        " cette page parce que vous êtes venu avec un navigateur ; un moissonneur reçoit du XML à la même adresse. Les"
        " notices supprimées restent visibles comme telles, pour toujours.",
        "Unter dieser Adresse holen Harvester die Datensätze dieses Repositoriums ab (OAI-PMH 2.0). Sie sehen diese"
        " Seite, weil Sie mit einem Browser kommen; ein Harvester bekommt unter derselben Adresse XML. Gelöschte"
        " Datensätze bleiben für immer als gelöscht sichtbar."),
    "This is the last page.": ("Dit is de laatste pagina.", "C’est la dernière page.", "Das ist die letzte Seite."),
    "This request is not lawful": ("Deze aanvraag is niet toegestaan", "Cette requête n’est pas valable",
                                   "Diese Anfrage ist nicht zulässig"),
    "Verb": ("Werkwoord (verb)", "Verbe (verb)", "Verb (verb)"),
    "XML source": ("XML-bron", "Source XML", "XML-Quelltext"),
    "deleted": ("verwijderd", "supprimée", "gelöscht"),
}  # fmt: skip
NAMES: Final = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}


def speaker(language: str) -> Callable[..., str]:
    """What a template calls `_`: a sentence in a language, its %(name)s filled in; English where there is no other."""
    place = _ORDER.index(language) if language in _ORDER else None

    def say(sentence: str, **values: object) -> str:
        text = sentence if place is None else _SENTENCES[sentence][place]
        return text % values if values else text

    return say
