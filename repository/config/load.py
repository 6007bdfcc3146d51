"""Reading the configuration: TOML in, one frozen struct out, all mistakes in one message.

config.example.toml is the documentation of every key; a test holds the two together. Secrets come from the
environment or a file, never from here. OERBRON_HOME (default ./var) is where everything that is kept lies.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args
from urllib.parse import urlsplit

import msgspec

from repository.config.address import address_mistake, database_mistake, email_mistake, is_clean, number_mistake
from repository.config.sections import (
    SECOND_FACTORS,
    Config,
    HarvestSection,
    Section,
    seconds_of,
    source_mistakes,
)
from repository.errors import ConfigError
from schemas.validation import profiles

if TYPE_CHECKING:
    from sqlalchemy import URL

_QUOTED: Final = re.compile("`([^`]*)`")


def home() -> Path:
    """The folder of all data: OERBRON_HOME, else ./var; made when it is first written to."""
    return Path(os.environ.get("OERBRON_HOME") or "var")


def load(path: Path | None, *, base_url: str | None = None) -> Config:
    """Read a configuration file (None: all defaults); raises ConfigError with every mistake in one message."""
    from repository.contexts import contexts  # noqa: PLC0415 - brings every format; `--help` reads no configuration

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
        told = "; ".join(problems)
        shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in told)
        raise ConfigError(f"The configuration has mistakes: {shown}.")
    return config


NOBODYS_DOMAIN: Final = "oerbron.example"
"""The OAI domain of a repository that has no name yet; many have it, so it identifies none of them."""


def _section(kind: type[Section], given: Any, where: str, problems: list[str]) -> Any:
    """A section from its keys that are right, with defaults for the others; what is wrong is told key by key."""
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
        parts = [one for one in get_args(field.type) if isinstance(one, type) and issubclass(one, Section)]
        if parts and isinstance(given[key], list):
            table = f"[[{where.strip('[]')}.{key}]]"
            found = [_section(parts[0], one, table, problems) for one in given[key]]
            right[key] = tuple(one for one in found if one is not None)
            continue
        try:
            right[key] = msgspec.convert(given[key], field.type)
        except (msgspec.ValidationError, OverflowError, ValueError) as error:
            told = _QUOTED.sub(r"“\1”", str(error)).partition(" - at ")[0]
            problems.append(f"{where} {key}: {told}")
    return None if any(field.required and key not in right for key, field in known.items()) else kind(**right)


def database_url(config: Config) -> str | URL:
    """The configured database, else SQLite in the home."""
    # Never as text: the name of a home may hold anything, even `?` and `%`.
    import sqlalchemy  # noqa: PLC0415 - `--help` opens no database

    return config.database.url or sqlalchemy.URL.create("sqlite", database=str(home() / "oerbron.sqlite"))


def oai_domain(config: Config) -> str:
    """The domain of the OAI identifiers for a new database (design.md, settled questions)."""
    host = urlsplit(config.site.base_url).hostname or ""
    dotted = "." in host and not host.replace(".", "").isdigit()
    return config.oai.domain or (host if dotted else NOBODYS_DOMAIN)


def _senseless(config: Config) -> list[str]:
    problems = [*_unclean(config), *_out_of_bounds(config), *_bad_addresses(config)]
    if config.search.engine not in ("embedded", "elasticsearch"):
        problems.append('[search] engine must be "embedded" or "elasticsearch"')
    addresses = config.search.url.replace(",", " ").split()
    if config.search.engine == "elasticsearch" and not addresses:
        problems.append('[search] url must name the cluster when engine is "elasticsearch"')
    if any(address_mistake(each) for each in addresses):
        problems.append("[search] url must be an http(s) address, or several with spaces between them")
    if config.accounts.second_factor not in SECOND_FACTORS:
        problems.append(f"[accounts] second_factor must be one of: {', '.join(SECOND_FACTORS)}")
    for each in config.accounts.oidc:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each.name) or not each.client_id or address_mistake(each.issuer):
            problems.append(f"[[accounts.oidc]] {each.name}: name (a-z, 0-9, -), issuer (an address) and client_id")
    if config.mail.host and email_mistake(config.mail.sender):
        problems.append("[mail] sender must be an e-mail address when host is set")
    if seconds_of(config.linked.dump_every) is None:
        problems.append('[linked] dump_every must be a duration such as "24h", "30m" or "never"')
    if seconds_of(config.accounts.token_lifetime) is None:
        problems.append('[accounts] token_lifetime must be a duration such as "365d", or "never"')
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


_BOUNDS: Final[tuple[tuple[str, str, float, float], ...]] = (
    ("oai", "page_size", 1, 1_000),
    ("harvest", "delay_s", 0, 3_600),
    ("harvest", "timeout_s", 0.1, 3_600),
    ("mail", "port", 1, 65_535),
    ("mail", "alerts_every_h", 0, 87_600),
    ("limits", "list_requests", 0, 10_000),
    ("limits", "body_bytes", 1_000, 100_000_000_000),
)


def _out_of_bounds(config: Config) -> Iterator[str]:
    """Numbers outside their bounds, nan and inf among them."""
    for section, key, low, high in _BOUNDS:
        wrong = number_mistake(getattr(getattr(config, section), key), low, high)
        if wrong is not None:
            yield f"[{section}] {key} {wrong}"
    if any(number_mistake(port, 1, 65_535) for port in config.harvest.ports):
        yield "[harvest] ports must lie between 1 and 65535"


def _unclean(config: Config) -> Iterator[str]:
    """Texts with control characters: these texts end up in headers, letters and lines of a log."""
    for name in Config.__struct_fields__:
        section = getattr(config, name)
        for key in section.__struct_fields__:
            value = getattr(section, key)
            texts = value if isinstance(value, tuple) else (value,)
            tables = [each for each in texts if isinstance(each, msgspec.Struct)]
            inside = [one for table in tables for one in msgspec.structs.astuple(table)]
            inside += [each for one in inside if isinstance(one, tuple) for each in one]
            if not all(is_clean(each) for each in (*texts, *inside) if isinstance(each, str)):
                yield f"[{name}] {key} holds a control character"


def _bad_addresses(config: Config) -> Iterator[str]:
    """Addresses and names of hosts that cannot exist."""
    found = (
        ("[site] base_url", address_mistake(config.site.base_url, bare=True)),
        ("[site] admin_email", email_mistake(config.site.admin_email)),
        ("[oai] branding_url", config.oai.branding_url and address_mistake(config.oai.branding_url)),
        ("[database] url", config.database.url and database_mistake(config.database.url)),
    )
    yield from (f"{where} {wrong}" for where, wrong in found if wrong)
    if config.oai.domain and address_mistake(f"http://{config.oai.domain}", bare=True):
        yield "[oai] domain must be the name of a host"
    if not config.site.languages or not all(map(_TAG.fullmatch, config.site.languages)):
        yield '[site] languages must be language tags such as "nl", at least one'


_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _bad_sources(section: HarvestSection) -> list[str]:
    names = [source.name for source in section.source]
    problems = [f"[[harvest.source]] {name} is named twice" for name in {n for n in names if names.count(n) > 1}]
    for source in section.source:
        problems += [f"[[harvest.source]] {source.name}: {mistake}" for mistake in source_mistakes(source)]
    return problems
