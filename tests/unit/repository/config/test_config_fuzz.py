"""Every key of the configuration with every odd value: taken, or refused in one sentence; never a trace."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from repository.config.load import load
from repository.config.sections import Config, Section
from repository.contexts.contexts import contexts_of
from repository.errors import ConfigError
from tests.support.commands import oerbron

NUMBERS = (
    "nan", "inf", "-inf", "-nan", "-1", "0", "1", "1e308", "-0.5", "99999999999999999999999999999999", "1" + "0" * 400,
    "true", '"ten"', "[]", "{}", "[nan]", "[[1]]", "2026-11-30T00:00:00Z",
)  # fmt: skip
TEXTS = (
    '""', '"x"', '" "',
    '"a\\r\\nX-Evil: 1"', '"\\u0000"', '"\\u001b[31m"', '"nan"', '"-1"', '"999999999d"', "1", "true",
    "[]", '[""]', '["a\\nb"]', "[1]", "{}", "nan", '"' + "a" * 5000 + '"',
    '"http://[::1"', '"http://[::1]"', '"http://"', '"http:///x"', '"http://u:secret@h/"', '"http://u@h/"', '"http://h:0/"',
    '"http://h:99999/"', '"http://h:x/"', '"ftp://h/"', '"javascript:alert(1)"', '"data:text/html,x"', '"//h/x"',
    '"http://h/?q=1"', '"http://h/#f"', '"http://h/?"', '"http://exa mple/"', '"http://h\\\\@evil/"', '"http://\\u202e/"',
    '"http://h/\\r\\nSet-Cookie: a=b"', '"mysql://h/x"', '"postgresql://u:secret@h/x"', '"sqlite://"', '"::::"',
    '"http://' + "a" * 300 + '.example/"', '"http://-h-/"', '"http://h..h/"', '"%00"', '"../../etc"',
)  # fmt: skip
KEYS = [
    (section.name, field.name, "int" in str(field.type) or "float" in str(field.type))
    for section in msgspec.structs.fields(Config)
    for field in msgspec.structs.fields(section.type)
]
TABLES = [
    (section.name, field.name, part)
    for section in msgspec.structs.fields(Config)
    for field in msgspec.structs.fields(section.type)
    for part in get_args(field.type)
    if isinstance(part, type) and issubclass(part, Section)
]


def _loaded(path: Path, text: str) -> str | None:
    """The sentence of a refusal, None when the configuration is taken; and it is one that works."""
    path.write_text(text, encoding="utf-8")
    try:
        config = load(path)
    except ConfigError as error:
        said = str(error)
        assert said.isprintable(), said
        assert "secret" not in said or "[[oai.context]]" in said or "name may hold" in said, said
        assert said.endswith(".")
        return said
    contexts_of(config)
    return None


@pytest.mark.parametrize(("section", "key", "is_number"), KEYS)
def test_a_key_takes_what_makes_sense_and_refuses_the_rest(
    tmp_path: Path, section: str, key: str, is_number: bool
) -> None:
    for value in (*NUMBERS, *TEXTS):
        said = _loaded(tmp_path / "c.toml", f"[{section}]\n{key} = {value}\n")
        if is_number and value in ("nan", "inf", "-inf", "-1", '"ten"', "true", "[nan]"):
            assert said is not None, value
            assert key in said, value


@pytest.mark.parametrize(("section", "table", "kind"), TABLES)
def test_a_key_of_a_table_does_too(tmp_path: Path, section: str, table: str, kind: Any) -> None:
    whole = {"name": '"klas"', "url": '"http://h.example/oai"'}
    for field in msgspec.structs.fields(kind):
        for value in (*NUMBERS, *TEXTS):
            keys = {name: own for name, own in whole.items() if name in kind.__struct_fields__} | {field.name: value}
            lines = "\n".join(f"{name} = {own}" for name, own in keys.items())
            _loaded(tmp_path / "c.toml", f"[[{section}.{table}]]\n{lines}\n")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[site]\nbase_url = "http://[::1"', "[site] base_url"),
        ('[site]\nbase_url = "https://admin:secret@example.org"', "[site] base_url must hold no name and password"),
        ('[site]\nbase_url = "https://example.org\\r\\nX: 1"', "[site] base_url"),
        ('[site]\nbase_url = "https://example.org:99999"', "[site] base_url"),
        ('[site]\nadmin_email = "a@b\\r\\nBcc: c@d"', "[site] admin_email"),
        ('[mail]\nhost = "h"\nsender = "a@b>\\nBcc: x@y"', "[mail] sender"),
        ("[harvest]\ntimeout_s = nan", "[harvest] timeout_s"),
        ("[harvest]\ndelay_s = inf", "[harvest] delay_s"),
        ("[harvest]\nports = [80, 0]", "[harvest] ports"),
        ("[limits]\nbody_bytes = -1", "[limits] body_bytes"),
        ("[limits]\nlist_requests = -5", "[limits] list_requests"),
        ("[mail]\nport = 70000", "[mail] port"),
        ("[mail]\nalerts_every_h = nan", "[mail] alerts_every_h"),
        ('[linked]\ndump_every = "999999999d"', "[linked] dump_every"),
        ('[accounts]\ntoken_lifetime = "soon"', "[accounts] token_lifetime"),
        ('[database]\nurl = "mysql://u:secret@h/x"', "[database] url"),
        ('[search]\nengine = "elasticsearch"\nurl = "http://[::1"', "[search] url"),
        ('[[harvest.source]]\nname = "a"\nurl = "http://[::1"', "[[harvest.source]] a: url"),
        ('[[harvest.source]]\nname = "a"\nurl = "http://u:secret@h/"', "[[harvest.source]] a: url"),
        ('[[harvest.source]]\nname = "a"\nurl = "http://h/"\ndelay_s = nan', "[[harvest.source]] a: delay_s"),
    ],
)
def test_a_command_refuses_it_in_a_sentence_and_exits_with_2(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")

    answer = oerbron(tmp_path / "home", "--config", path, "doctor")

    assert answer.code == 2
    assert len(answer.sentences) == 1
    assert named in answer.err
    assert "secret" not in answer.err


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8080", "https://example.org", "https://example.org/oer", "http://localhost", "http://[::1]:80",
     "https://bücher.example", "https://a-b.example:8443/x/y"],
)  # fmt: skip
def test_an_address_that_there_can_be_is_taken(tmp_path: Path, address: str) -> None:
    assert _loaded(tmp_path / "c.toml", f'[site]\nbase_url = "{address}"\n') is None


def test_no_bytes_at_all_make_a_trace(tmp_path: Path) -> None:
    for raw in (
        b"\xff\xfe",
        b"[site",
        b"site = 1",
        b"[site]\nname = 1\n[site]\n",
        b"\x00",
        b"[[site]]",
        b"[nothing]",
        b"a.b.c = 1",
    ):
        (tmp_path / "c.toml").write_bytes(raw)
        with pytest.raises(ConfigError, match=re.compile(r"\.$")):
            load(tmp_path / "c.toml")
