"""Placeholders: what forms, tables and programs leave where there is nothing to say ("N/A", NULL, onbekend, #REF!).

As the whole of a value they are absence, told as a repair wherever they are met; inside a text they are words. Pure.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

LONGEST: Final = 40
_SIGNS: Final = (
    "n/a n.a #n/a #na #ref! #value! #div/0! #name? #null! #num! #wert! #bezug! #nv #verw! #naam? #waarde! "
    "nan none nil undefined \\n pd.na - -- --- – — _ __ . .. ... … ? ?? ??? / // * ** xxx"
)
_PHRASES: Final = (
    "unknown|unkown|not known|not available|not applicable|not specified|not provided|not given|not set|"
    "unspecified|none given|no data|no value|no information|no author|missing|empty|blank|tbd|tba|"
    "to be determined|to be added|to be announced|not determined|not defined|no date|n.d|anon|(unknown)|"
    "author unknown|unknown author|no description|onbekend|niet bekend|niet beschikbaar|"
    "niet van toepassing|nvt|n.v.t|n.b|niet ingevuld|niet opgegeven|niet gekend|geen|geen gegevens|leeg|"
    "z.d|unbekannt|nicht bekannt|nicht verfügbar|nicht angegeben|nicht zutreffend|keine angabe|"
    "keine angaben|k.a|entfällt|o.a|o.j|ohne angabe|ohne angaben|keine|inconnu|inconnue|non renseigné|"
    "non renseignée|non disponible|non applicable|non spécifié|non précisé|non défini|sans objet|s/o|s.o|"
    "aucun|aucune|vide|n/c|n/d|desconocido|desconocida|no disponible|no aplica|sin datos|sin especificar|"
    "ninguno|ninguna|sconosciuto|sconosciuta|non disponibile|non applicabile|non specificato|nessuno|"
    "nessuna|desconhecido|desconhecida|não disponível|não aplicável|não se aplica|sem dados|nenhum|okänd|"
    "okänt|ej tillgänglig|ej tillämpligt|saknas|ukendt|ukjent|ikke tilgængelig|ikke relevant|ikke oppgitt|"
    "tuntematon|ei tietoa|ei saatavilla|ei tiedossa|teadmata|nieznany|nieznana|nieznane|brak|brak danych|"
    "nie dotyczy|neznámý|neznámé|neznámý autor|neuvedeno|neuvedené|ismeretlen|nincs adat|nincs|necunoscut|"
    "necunoscută|nespecificat|nepoznato|nepoznat|neznano|ni podatka|nezināms|nav norādīts|nežinoma|"
    "nežinomas|nenurodyta|άγνωστο|άγνωστος|άγνωστη|неизвестно|неизвестен|неизвестный|не указано|невідомо|"
    "невідомий|няма данни|нет данных|bilinmiyor|ezezaguna|desconegut|anaithnid|mhux magħruf|s.n|s.l|s.d|"
    "n.n"
)
_PLACEHOLDERS: Final = frozenset((*_SIGNS.split(" "), *_PHRASES.split("|"), "[object object]"))
# Words that are other words in another case: sodium is Na, the German zero is Null, Nauru's language is na.
_EXACT: Final = frozenset(("NA", "NULL", "null", "NaT"))
_BRACKETS: Final = "[](){}<>\"'“”«»"
LIKELY: Final = frozenset(
    spelt
    for one in (*_PLACEHOLDERS, *map(str.casefold, _EXACT))
    for word in (one, f"{one}.", one.replace(".", ". "))
    for spelt in (word, f"({word})", f"[{word}]", f"<{word}>", f'"{word}"', f"{{{word}}}", f" {word}", f"{word} ")
)
"""The placeholders in lower case as they come, for who looks at every value of every record: in doubt one more."""


def is_placeholder(text: str) -> bool:
    """Whether the whole of a value says only that there is none."""
    return len(text) <= LONGEST and _is(text)


@lru_cache(maxsize=4096)
def _is(text: str) -> bool:
    plain = " ".join(text.split())
    inner = plain.strip(_BRACKETS)
    if plain in _EXACT or inner in _EXACT:
        return True
    folded = plain.casefold()
    return folded in _PLACEHOLDERS or _undotted(folded) in _PLACEHOLDERS or _undotted(inner.casefold()) in _PLACEHOLDERS


def _undotted(text: str) -> str:
    """A text without the blanks behind its full stops and the last one: "s. n." is "s.n"."""
    return text.replace(". ", ".").rstrip(".!") if any(map(str.isalpha, text)) else text
