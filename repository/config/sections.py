"""The sections of the configuration, with their defaults; config.example.toml tells what each key means.

Pure. What one source of the harvester may say is judged here too, since sources also come by command.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from repository.config.address import is_clean, number_mistake

LOCAL: Final = "local"
"""The source of imports that name no source; no harvested source may have this name."""
_PERSONAL: Final = re.compile(r"person-[0-9]+")


def is_personal(name: str) -> bool:
    """Whether a name stands for a person's own deliveries: no harvest and no organisation may have such a name."""
    return _PERSONAL.fullmatch(name) is not None


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the sections: an unknown key is a mistake."""


class DatabaseSection(Section, frozen=True):
    url: str = ""  # empty: SQLite in OERBRON_HOME


class SiteSection(Section, frozen=True):
    base_url: str = "http://127.0.0.1:8080"
    name: str = "OERbron"
    admin_email: str = "admin@example.org"
    trusted_hosts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("nl", "en", "fr", "de")


class ContextSection(Section, frozen=True):
    name: str
    title: str = ""
    filter: str = ""
    formats: tuple[str, ...] = ()  # empty: all
    sets: tuple[str, ...] = ()  # families; empty: as in [oai] sets
    mapping: str = ""


class OaiSection(Section, frozen=True):
    domain: str = ""
    page_size: int = 100
    sets: tuple[str, ...] = ()  # families; empty: all
    formats: tuple[str, ...] = ()  # empty: all
    branding_url: str = ""
    rights: str = ""
    context: tuple[ContextSection, ...] = ()


class SearchSection(Section, frozen=True):
    engine: str = "embedded"
    url: str = ""  # of the cluster; several nodes with spaces between them
    index: str = "oerbron"


class ValidationSection(Section, frozen=True):
    profile: str = "core"


class HarvestSource(Section, frozen=True):
    name: str
    url: str
    kind: str = "oai-pmh"
    prefix: str = ""  # empty: the richest one that is offered and read here
    set: str = ""
    mapping: str = "auto"
    licence: str = ""
    publish: str = "all"
    schedule: str = "24h"
    overlap: str = "1h"
    granularity: str = ""  # empty: what the provider declares
    deletes: str = "follow"
    audit: str = "auto"
    delay_s: float = 0.0
    title: str = ""
    contact: str = ""


class HarvestSection(Section, frozen=True):
    allow_hosts: tuple[str, ...] = ()
    delay_s: float = 0.0
    timeout_s: float = 60.0
    ports: tuple[int, ...] = (80, 443, 8080)
    source: tuple[HarvestSource, ...] = ()


class LinkedSection(Section, frozen=True):
    dump_every: str = "24h"


class PrivacySection(Section, frozen=True):
    publish_contact: bool = False


class OidcSection(Section, frozen=True):
    name: str
    issuer: str
    client_id: str
    title: str = ""


class AccountsSection(Section, frozen=True):
    registration: bool = True
    second_factor: str = "offered"  # offered | staff | everybody
    four_eyes: bool = False
    oidc: tuple[OidcSection, ...] = ()
    token_lifetime: str = "365d"  # noqa: S105 - how long API tokens last; "never": they do not end


class MailSection(Section, frozen=True):
    host: str = ""  # empty: letters are written as files below OERBRON_HOME
    port: int = 25
    sender: str = ""
    user: str = ""
    starttls: bool = False
    alerts_every_h: float = 24.0


class LimitsSection(Section, frozen=True):
    list_requests: int = 0  # at once per process; 0: one
    body_bytes: int = 64_000_000


class Config(Section, frozen=True):
    site: SiteSection = SiteSection()
    database: DatabaseSection = DatabaseSection()
    oai: OaiSection = OaiSection()
    search: SearchSection = SearchSection()
    validation: ValidationSection = ValidationSection()
    harvest: HarvestSection = HarvestSection()
    linked: LinkedSection = LinkedSection()
    privacy: PrivacySection = PrivacySection()
    accounts: AccountsSection = AccountsSection()
    mail: MailSection = MailSection()
    limits: LimitsSection = LimitsSection()


_LONGEST_LABEL: Final = 63
_BLANK: Final = re.compile(r"[\x00-\x20\x7f]")
KINDS: Final = ("oai-pmh", "sitemap", "ldes", "amb")


_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "kind": KINDS,
    "mapping": ("auto", "lom", "imsmd", "oai_dc"),
    "publish": ("all", "without_warnings", "review"),
    "granularity": ("", "day", "second"),
    "deletes": ("follow", "keep"),
    "audit": ("auto", "always", "never"),
}


SECOND_FACTORS: Final = ("offered", "staff", "everybody")
_CENTURY_S: Final = 3_155_760_000
_UNITS_S: Final = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


def seconds_of(text: str) -> int | None:
    """The seconds of a duration such as 24h or 7d; 0 (never) for "", "0" and "never"; None for any other text."""
    found = re.fullmatch(r"\s*(\d{1,9})\s*([smhd]?)\s*", text)
    if found is None:
        return 0 if text.strip() in ("", "never") else None
    seconds = int(found[1]) * _UNITS_S[found[2]]
    return seconds if seconds <= _CENTURY_S else None


def source_mistakes(source: HarvestSource) -> list[str]:
    """What is senseless in the settings of one source, as parts of a sentence."""
    found = []
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", source.name):
        found.append("name may hold A-Z, a-z, 0-9, _ and - only, at most 64 characters")
    found += _url_mistakes(source)
    for key, choices in _CHOICES.items():
        if getattr(source, key) not in choices:
            found.append(f"{key} must be one of: {', '.join(choice or 'empty' for choice in choices)}")
    found += [
        f'{key} must be a duration such as "24h", "30m" or "never"'
        for key in ("schedule", "overlap")
        if seconds_of(getattr(source, key)) is None
    ]
    if (wrong := number_mistake(source.delay_s, 0, 3_600)) is not None:
        found.append(f"delay_s {wrong}")
    return found


def _url_mistakes(source: HarvestSource) -> list[str]:
    """What is wrong with the address of a source; none of its secrets is repeated."""
    if not is_clean(source.url) or " " in source.url or "\\" in source.url:
        return ["url must be an http(s) address"]
    secret = f"the environment ({secret_name(source.name)}=user:password)"
    try:
        url = urlsplit(source.url)
        host, port = url.hostname or "", url.port
    except ValueError:
        return ["url must be an http(s) address"]
    if url.username is not None or url.password is not None:
        return [f"url must not hold a user name or a password; give them by {secret}"]
    if url.scheme not in ("http", "https") or not host or url.fragment or port == 0:
        return ["url must be an http(s) address"]
    labels = host.removesuffix(".").split(".")
    if ":" not in host and (not all(0 < len(label) <= _LONGEST_LABEL for label in labels) or _BLANK.search(source.url)):
        return ["url must be an http(s) address, and its host a name that can exist"]
    return []


def secret_name(source: str) -> str:
    """The environment variable that holds the secret of a source: user:password, or a token alone."""
    return "OERBRON_SOURCE_" + re.sub(r"[^A-Z0-9]", "_", source.upper())


def oidc_secret_name(name: str) -> str:
    """The environment variable that holds the secret which a provider of log-ins gave to this site."""
    return "OERBRON_OIDC_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
