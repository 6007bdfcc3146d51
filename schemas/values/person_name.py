"""Person or organisation, by the words of a name alone.

Metadata seldom say which of the two a name is, and every face must (AMB's `type`, vCard's N). Names of organisations
hold a word that says so in some language of Europe (university, vzw, uitgeverij), an acronym, or words joined in the
manner of brands; people have two to six words with capitals, particles between them, and may have a title. What a card
or a role says beside the name is the business of schemas.agent. It must not look anything up but its own word lists.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

_NO_PERSON: Final = re.compile(r"[\d&/:()|+\"]| [-–] |,.*,")
# Lower-case words that stand before a family name; any other lower-case word makes the name no person's.
PARTICLES: Final = frozenset(
    {"van", "de", "der", "den", "het", "'t", "ter", "ten", "te", "von", "vom", "zu", "zum", "zur", "la", "le", "les"}
    | {"du", "des", "d'", "da", "das", "do", "dos", "del", "della", "di", "e", "y", "i", "el", "al", "bin", "ibn", "af"}
    | {"av", "ben", "ní", "nic", "ua", "dalla", "dos", "los", "las", "san", "st.", "'s", "op", "over", "in"}
)
_WORDS: Final = (
    # learning and research
    r"universi\w*|uniwersyt\w*|univerz\w*|üniversit\w*|sveučilišt\w*|\w*egyetem\w*|\w*yliopisto\w*|\w*ülikool\w*|"
    r"háskóli\w*|πανεπιστ\w*|универс\w*|універс\w*|institu\w*|instytut\w*|inštitut\w*|ústav|\w*intézet\w*|"
    r"институт\w*|"
    r"інститут\w*|ινστιτούτ\w*|\w*(?:school|schule|schulen|scholen|hogescho\w+|hochschule|college|collège)|colegio|"
    r"colégio|cégep|lycée|liceo|liceum|lyceum|gymnasium|gymnázi\w*|gimnazij\w*|ginnasio|atheneum|école|écoles|escola|"
    r"escolas|escuela|scuola|szkoł\w*|škola|skola|skole|koulu|\w*iskola|школа|лицей|σχολείο|högskola\w*|høyskole\w*|"
    r"politech\w*|polytech\w*|politecnic\w*|politécnic\w*|academ\w+|académie|akadem\w*|академ\w*|facult\w+|fakult\w*|"
    r"\w*fakultät|facoltà|dep[at]r?\w*ment\w*|départ\w*|dipartimento|vakgroep|lehrstuhl|katedra|laborat\w*|lab|labs|"
    r"observato\w*|research|recherche\w*|forschung\w*|onderzoek\w*|investiga\w+|ricerca|pesquisa|studies|studie|"
    r"studien|"
    r"science|sciences|wissenschaft\w*|wetenschap\w*|technolog\w*|tudományegyetem|campus|courseware|opencourseware|"
    # states and services
    r"\w*minist\w*|\w*anstalt|\w*amt|radio\w*|t[eé]l[eé]vi\w*|rada|xunta|domein|obs|kreuz|kruis|croix|cross|"
    r"risti|welle|"
    r"zeitung|krant|journal|revue|magazine?|tijdschrift|zeitschrift|rivista|revista|bisdom|nieuws|news|"
    r"министер\w*|міністер\w*|υπουργείο\w*|overheid\w*|government|gouvernement\w*|regierung|gobierno|governo|"
    r"provincie|gemeente|gemeinde|ayuntamiento|ajuntament|mairie|consejería|conselleria|junta|generalitat|kanton|"
    r"bundes\w+|landes\w+|rijks\w+|\w*agentschap\w*|agen(?:cy|ce|tur|cia|zia|tura)|\w*behörde|direct(?:orate|"
    r"oraat|ion)|"
    r"directie|direction|dirección|parlement|parliament|secretari\w+|commission|commissie|kommission|comisión|comité|"
    r"committee|council|conseil|consejo|consiglio|\w*raad|service|services|\w*dienst|diensten|authority|autorité|"
    # firms and publishers
    r"gmbh|ggmbh|mbh|"
    r"vzw|asbl|aisbl|ivzw|npo|ngo|inc|ltd|llc|llp|plc|corp\w*|b\.?v|n\.?v|bvba|sprl|sarl|s\.?r\.?l|"
    r"s\.p\.a|spa|a\.s|s\.?r\.?o|d\.?o\.?o|kft|zrt|oy|aps|z\.?\s?o\.?\s?o|compan\w+|compagnie|cie|\w*uitgever\w*|"
    r"press|presse|"
    r"publish\w+|publications?|publica[cç]\w+|éditions?|editions|edition|editor[ae]|editrice|editorial|ediciones|"
    r"edições|edizioni|edicions|\w*verlag\w*|wydawnict\w*|nakladatel\w*|vydavatel\w*|kiadó|kustan\w*|\w*förlag\w*|"
    r"\w*forlag\w*|издател\w*|видавниц\w*|εκδόσεις|books?|bücher|livres|libros|libri|librar\w+|libreria|librairie|"
    r"boeken|media|medien|medienzentr\w+|\w*medienzentr\w+|médias|\w*fabriek|productions?|producties|studios?|"
    # collections
    r"\w*biblioth\w*|\w*bibliote\w*|knihovna|könyvtár|\w*muse(?:um|o|u|ums)|musée|musées|muzeum|múzeum|музей|archief|"
    r"\w*archiv|archives?|archivio|archivo|arxiu|théâtre|theater|theatre|teatro|collections?|collectie|sammlung|"
    # associations
    r"organi[sz]a[tcç]\w*|world|stichting|stiftung|foundation|fonda[tz]i\w*|funda\w+|fundacja|fonds|fund|"
    r"\w*vereniging|associa\w+|asocia\w+|"
    r"associ\w+ção|verein\w*|\w*verein|\w*verband|verbond|bund|liga|league|ligue|union|unie|unión|unione|societ\w*|"
    r"sociét\w*|gesellschaft\w*|sociedad\w*|società|federa\w+|fédérat\w*|föderation|zväz|związek|koepel\w*|royal|"
    r"koninklijk\w*|königlich\w*|kungliga|kongelige|national|nationa\w+|nazional\w+|nacional\w*|internation\w*|"
    r"european|"
    r"europea|europe|europese|européen\w*|europäisch\w*|vlaamse?|katholiek\w*|christlich\w*|federal\w*|"
    r"fédéral\w*|groupe?|"
    r"groep|gruppe|grupo|gruppo|grupa|consort\w*|konsort\w*|network\w*|netzwerk\w*|netwerk\w*|réseau|rede|rete|team|"
    r"redac\w+|redak\w*|project\w*|projekt\w*|projet\w*|proyecto|progetto|initiativ\w*|iniciativa|alliance|alliantie|"
    r"allianz|coalition|collecti[fv]\w*|kollektiv|partner\w*|co[oö]perat\w*|hub|werkgroep|werkgemeinschaft|community|"
    r"arbeitsgemeinschaft|arbeitskreis|platform\w*|plattform|portal|portaal|portail|\w*zentrum|\w*zentrale|"
    r"\w*centrum|"
    r"cent(?:re|er|rum|ro|ros|rul|rala|rale|ar|ra)|keskus|központ|центр|κέντρο|zone|alumni|consejo|consulting|"
    # teaching
    r"onderwijs\w*|unterricht\w*|\w*bildung\w*|éducati\w*|educati\w*|educa\w+|educação|oświat\w*|obrazov\w*|"
    r"образован\w*|"
    r"освіт\w*|learning|leren|e-?learning|teachers|lehrer\w*|leraren\w*|docenten\w*|didacti\w*|oer|mooc\w*|"
    r"textbooks?|"
    r"tutorials?|curriculum|wiki\w*|online|commons|open|digitale?|bron|initiative|klascement|kinder|kids|juventa|"
    r"jeunesse|jugend|scolaire|scolastica|infantil|aktion|consumers?|partij|partei|parti|kirche|kerk|hospital|"
    r"klinik\w*|"
    r"klinikum|ziekenhuis|hôpital|company|corporation|ng o"
)  # fmt: skip
_ORGANISATION: Final = re.compile(
    rf"\b(?:{_WORDS})\b|^(?:die|das|het|the|stad|ville|stadt|city|haus|huis|maison|casa|land|cité|los|las)\b\s|"
    r"\w\.(?:com|org|net|edu|eu|be|nl|de|fr|es|it|at|ch|info)\b|ς\sαθηνών|\bfür\b|\bfor\b|\bof\b|\bvoor\b|\bpour\b|"
    r"\bpara\b|\bdla\b|\bför\b|\bbij\b|\bat\b|\bthe\b",
    re.IGNORECASE,
)
# Acronyms, in capitals only: "mit" is German for with.
_ACRONYM: Final = re.compile(
    r"\b(?:MIT|TU|KU|FH|PH|RWTH|ETH|EPFL|BBC|VRT|NTR|NOS|ARD|ZDF|WDR|NDR|SWR|ORF|SRF|RAI|RTBF|RTVE|NASA|ESA|CERN|"
    r"WHO|OECD|"
    r"OESO|UNESCO|UNICEF|UNDP|EU|UN|CNRS|INRIA|OCW|UCL|ULB|VUB|LMU|SLO|SURF|PBS|NPR|NHS|IBM|SAP|WWF|W3C|IEEE|ACM|TED|"
    r"UGent|UAntwerpen|UHasselt|AG|KG|NV|BV|SRL|NWS|TV|USA|UK|GO!)(?!\w)|\be\.\s?V\."
)
# Capitals inside a word as brands have them; MacArthur, O'Neil, DeVries and van't Hoff are people.
_BRAND: Final = re.compile(
    r"\b(?!(?:Mc|Mac|De|Di|Du|Da|La|Le|Lo|Van|Von|Fitz|Del|Ter|Ten|St|El|Al|Ó|Ní)[A-Z])\w*[a-zà-ÿ][A-Z]\w*"
)
_TITLE_WORDS: Final = (
    r"dr|prof|ing|mag|drs|ir|mr|mrs|ms|mme|mlle|m|dhr|mevr|mw|hr|herr|frau|heer|mevrouw|sr|sra|srta|dott|dott\.ssa|"
    r"mgr|phdr|mudr|rndr|judr|paeddr|doc|pd|univ|dipl|dra|em|lic|ds|zr|eerw|sir|dame|lord|hon|rev|father"
)
_TITLE: Final = re.compile(
    rf"^(?:(?:{_TITLE_WORDS})\.(?:-\w+\.?)?\s*|(?:dr|prof|herr|frau|mevrouw|mrs|ms|sir)\s+)+(?=\w)", re.IGNORECASE
)
_DEGREES: Final = (
    r"ph\.?\s?d|m\.?\s?d|m\.?\s?sc|b\.?\s?sc|m\.?\s?a|b\.?\s?a|m\.?\s?ed|b\.?\s?ed|ed\.?\s?d|mba|ll\.?\s?[mb]|"
    r"dphil|m\.?\s?phil|csc|drsc|"
    r"jr|sr|i{2,3}|iv|dr|prof|esq|rn|ing|et\.? al|e\.?a|u\.?\s?a|i in|and others|en anderen|und andere|et autres"
)
_DEGREE: Final = re.compile(rf"(?:,\s*|\s+)(?:{_DEGREES})\.?$", re.IGNORECASE)
_LONE_MA: Final = re.compile(r"\s(?:ma|ba|md|ing|ea|ua|sr|dr)$", re.IGNORECASE)
_ASIDE: Final = re.compile(r"\s*[(\[][^()\[\]\d]*[)\]]\s*$")
_SHORT_FOR: Final = re.compile(r"\s\([A-Z][A-Za-z]*[A-Z]\)$")  # World Health Organization (WHO)
INITIALS: Final = re.compile(r"(?:[^\W\d_]\.[\s-]?){1,4}|[A-Z]{1,3}")
_LEADING_INITIAL: Final = re.compile(r"[^\W\d_]{1,2}\.[\s-]?(?:[^\W\d_]\.[\s-]?)*\S")


def is_organisation(name: str) -> bool:
    """Whether the words of a name say that it is an organisation's."""
    return has_word_of_organisation(name) or any(one.search(name) for one in (_ACRONYM, _BRAND, _SHORT_FOR))


def has_word_of_organisation(name: str) -> bool:
    """Whether a word says so; "GONÇALVES, VANDA SA" is a person though SA is a firm's, too."""
    return _ORGANISATION.search(name) is not None


def is_person(name: str) -> bool:
    """Whether a name reads as a person's: no word of an organisation, two to six words as people have them."""
    plain = bare(name)
    return not is_organisation(plain) and not _SHORT_FOR.search(name) and words_of_a_person(plain)


def names_a_person(name: str) -> bool:
    """Whether a name carries a sign beyond its words that it is a person's: a title, a degree, initials in front."""
    plain = _ASIDE.sub("", name)
    if _TITLE.match(plain) or (_DEGREE.search(plain) and not _LONE_MA.search(plain)):
        return words_of_a_person(bare(name), strict=False, least=1) and not is_organisation(bare(name))
    return _LEADING_INITIAL.match(plain) is not None and words_of_a_person(plain) and not is_organisation(plain)


def bare(name: str) -> str:
    """A name without titles, degrees and what stands in brackets behind it."""
    plain = _ASIDE.sub("", name)
    plain = _TITLE.sub("", plain)
    while (found := _DEGREE.search(plain)) and not (found[0][:1] != "," and _LONE_MA.search(plain)):
        plain = plain[: found.start()]
    return plain.strip(" ,")


def words_of_a_person(name: str, *, strict: bool = True, least: int = 2) -> bool:
    """Two to six words without digits and the signs firms and projects use; strict: each a capital or a particle."""
    words = name.replace(",", " ").split()
    if not least <= len(words) <= 6 or _NO_PERSON.search(name):
        return False
    return not strict or all(map(_stands_in_a_name, words))


def _stands_in_a_name(word: str) -> bool:
    if not word[:1].islower() or word.casefold() in PARTICLES:
        return True
    return word[1:2] in ("'", "’") and not word[2:3].islower()


@lru_cache(maxsize=4096)
def is_given(word: str) -> bool:
    """Whether a word is a given name that is common in Europe."""
    return _folded(word.partition("-")[0]) in _given_names()


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold()).replace("ł", "l").replace("ø", "o")
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@cache
def _given_names() -> frozenset[str]:
    text = (files("schemas") / "data" / "names" / "given.txt").read_text("utf-8")
    return frozenset(_folded(word) for line in text.splitlines() if line[:1] != "#" for word in line.split())
