"""The configuration: TOML in, one frozen struct out, all mistakes in one message.

config.example.toml is the documentation of every key; a test holds the two together. Secrets come from the
environment or a file, never from here. OERBRON_HOME (default ./var) is where everything that is kept lies.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Final, get_args
from urllib.parse import urlsplit

import msgspec

from repository.errors import ConfigError
from schemas.validation import profiles

_QUOTED: Final = re.compile("`([^`]*)`")


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the sections: an unknown key is a mistake."""


class DatabaseSection(_Section, frozen=True):
    url: str = ""  # empty: SQLite in OERBRON_HOME


class SiteSection(_Section, frozen=True):
    base_url: str = "http://127.0.0.1:8080"
    name: str = "OERbron"
    admin_email: str = "admin@example.org"
    trusted_hosts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("nl", "en", "fr", "de")


class ContextSection(_Section, frozen=True):
    name: str
    title: str = ""
    filter: str = ""
    formats: tuple[str, ...] = ()  # empty: all
    sets: tuple[str, ...] = ()  # families; empty: as in [oai] sets
    mapping: str = ""


class OaiSection(_Section, frozen=True):
    domain: str = ""
    page_size: int = 100
    sets: tuple[str, ...] = ()  # families; empty: all
    formats: tuple[str, ...] = ()  # empty: all
    branding_url: str = ""
    rights: str = ""
    context: tuple[ContextSection, ...] = ()


class SearchSection(_Section, frozen=True):
    engine: str = "embedded"
    url: str = ""  # of the cluster; several nodes with spaces between them
    index: str = "oerbron"


class ValidationSection(_Section, frozen=True):
    profile: str = "core"


class HarvestSource(_Section, frozen=True):
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


class HarvestSection(_Section, frozen=True):
    allow_hosts: tuple[str, ...] = ()
    delay_s: float = 0.0
    timeout_s: float = 60.0
    ports: tuple[int, ...] = (80, 443, 8080)
    source: tuple[HarvestSource, ...] = ()


class LinkedSection(_Section, frozen=True):
    dump_every: str = "24h"


class PrivacySection(_Section, frozen=True):
    publish_contact: bool = False


class AccountsSection(_Section, frozen=True):
    four_eyes: bool = False


class MailSection(_Section, frozen=True):
    host: str = ""  # empty: no letter is ever sent
    port: int = 25
    sender: str = ""
    user: str = ""
    starttls: bool = False
    alerts_every_h: float = 24.0


class LimitsSection(_Section, frozen=True):
    list_requests: int = 0  # at once per process; 0: twice the cores
    body_bytes: int = 64_000_000


class Config(_Section, frozen=True):
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


def home() -> Path:
    """Where data lie: OERBRON_HOME, else ./var; made when it is first written to."""
    return Path(os.environ.get("OERBRON_HOME") or "var")


def load(path: Path | None, *, base_url: str | None = None) -> Config:
    """Read a configuration file (None: all defaults); raises ConfigError with every mistake in one message."""
    from repository.contexts import contexts  # noqa: PLC0415 - which reads configurations

    tree: dict[str, Any] = {}
    if path is not None:
        try:
            tree = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"The configuration {path} cannot be read: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"The configuration {path} is not valid TOML: {error}.") from error
    if base_url is not None and isinstance(tree.setdefault("site", {}), dict):
        tree["site"].setdefault("base_url", base_url)
    problems = [f"[{name}] is no section" for name in tree if name not in Config.__struct_fields__]
    sections: dict[str, Any] = {}
    for field in msgspec.structs.fields(Config):
        if field.name in tree:
            sections[field.name] = _section(field.type, tree[field.name], f"[{field.name}]", problems)
    config = Config(**sections)
    problems += [*_senseless(config), *contexts.mistakes(config)]
    if problems:
        raise ConfigError("The configuration has mistakes: " + "; ".join(problems) + ".")
    return config


NOBODYS_DOMAIN: Final = "oerbron.example"
"""The OAI domain of a repository that has no name yet; many have it, so it tells nobody apart."""


def _section(kind: type[_Section], given: Any, where: str, problems: list[str]) -> Any:
    """A section from the keys of it that are right, the default where none is; what is wrong is told, key by key."""
    if not isinstance(given, dict):
        problems.append(f"{where} must be a section, not a value")
        return kind() if not any(field.required for field in msgspec.structs.fields(kind)) else None
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    problems += [f"{where} knows no key {key}" for key in given if key not in known]
    right: dict[str, Any] = {}
    for key, field in known.items():
        if key not in given:
            if field.required:
                problems.append(f"{where} lacks the key {key}")
            continue
        parts = [one for one in get_args(field.type) if isinstance(one, type) and issubclass(one, _Section)]
        if parts and isinstance(given[key], list):
            table = f"[[{where.strip('[]')}.{key}]]"
            found = [_section(parts[0], one, table, problems) for one in given[key]]
            right[key] = tuple(one for one in found if one is not None)
            continue
        try:
            right[key] = msgspec.convert(given[key], field.type)
        except msgspec.ValidationError as error:
            told = _QUOTED.sub(r"“\1”", str(error)).partition(" - at ")[0]
            problems.append(f"{where} {key}: {told}")
    return None if any(field.required and key not in right for key, field in known.items()) else kind(**right)


def database_url(config: Config) -> str:
    """The configured database, else SQLite in the home."""
    return config.database.url or f"sqlite:///{home() / 'oerbron.sqlite'}"


def oai_domain(config: Config) -> str:
    """The domain of the OAI identifiers for a new database (design.md, settled questions)."""
    host = urlsplit(config.site.base_url).hostname or ""
    dotted = "." in host and not host.replace(".", "").isdigit()
    return config.oai.domain or (host if dotted else NOBODYS_DOMAIN)


def _senseless(config: Config) -> list[str]:
    problems = []
    try:
        url = urlsplit(config.site.base_url)
    except ValueError:  # a bracket that is not closed
        url = urlsplit("")
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        problems.append("[site] base_url must be an http(s) address without query")
    if not 1 <= config.oai.page_size <= 1000:
        problems.append("[oai] page_size must lie between 1 and 1000")
    if config.search.engine not in ("embedded", "elasticsearch"):
        problems.append('[search] engine must be "embedded" or "elasticsearch"')
    addresses = config.search.url.replace(",", " ").split()
    if config.search.engine == "elasticsearch" and not addresses:
        problems.append('[search] url must name the cluster when engine is "elasticsearch"')
    if any(urlsplit(each).scheme not in ("http", "https") for each in addresses):
        problems.append("[search] url must be an http(s) address, or several with spaces between them")
    if config.mail.host and "@" not in config.mail.sender:
        problems.append("[mail] sender must be an e-mail address when host is set")
    if seconds_of(config.linked.dump_every) is None:
        problems.append('[linked] dump_every must be a duration such as "24h", "30m" or "never"')
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,60}", config.search.index):
        problems.append("[search] index must be a name of a-z, 0-9, - and _")
    if config.validation.profile not in profiles.names():
        problems.append(f"[validation] profile must be one of {', '.join(profiles.names())}")
    names = [context.name for context in config.oai.context]
    problems += [f"[[oai.context]] {name} is named twice" for name in {n for n in names if names.count(n) > 1}]
    problems += [
        f"[[oai.context]] name {name!r} may hold a-z, 0-9 and - only"
        for name in names
        if not name or not name.replace("-", "").isalnum() or name != name.lower()
    ]
    return problems + _bad_sources(config.harvest)


KINDS: Final = ("oai-pmh", "sitemap", "ldes", "amb")
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "kind": KINDS,
    "mapping": ("auto", "lom", "imsmd", "oai_dc"),
    "publish": ("all", "without_warnings", "review"),
    "granularity": ("", "day", "second"),
    "deletes": ("follow", "keep"),
    "audit": ("auto", "always", "never"),
}
_UNITS_S: Final = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


def seconds_of(text: str) -> int | None:
    """The seconds of a duration such as 24h or 7d; 0 (never) for "", "0" and "never"; None for what is none."""
    found = re.fullmatch(r"\s*(\d{1,9})\s*([smhd]?)\s*", text)
    if found is None:
        return 0 if text.strip() in ("", "never") else None
    return int(found[1]) * _UNITS_S[found[2]]


def source_mistakes(source: HarvestSource) -> list[str]:
    """What is senseless in the settings of one source, as parts of a sentence."""
    found = []
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", source.name):
        found.append("name may hold A-Z, a-z, 0-9, _ and - only, at most 64 characters")
    url = urlsplit(source.url)
    if url.scheme not in ("http", "https") or not url.hostname or url.fragment:
        found.append("url must be an http(s) address")
    for key, choices in _CHOICES.items():
        if getattr(source, key) not in choices:
            found.append(f"{key} must be one of: {', '.join(choice or 'empty' for choice in choices)}")
    found += [
        f'{key} must be a duration such as "24h", "30m" or "never"'
        for key in ("schedule", "overlap")
        if seconds_of(getattr(source, key)) is None
    ]
    if source.delay_s < 0:
        found.append("delay_s must not be negative")
    return found


def _bad_sources(section: HarvestSection) -> list[str]:
    names = [source.name for source in section.source]
    problems = [f"[[harvest.source]] {name} is named twice" for name in {n for n in names if names.count(n) > 1}]
    for source in section.source:
        problems += [f"[[harvest.source]] {source.name}: {mistake}" for mistake in source_mistakes(source)]
    return problems
