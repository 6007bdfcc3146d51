"""docs/feeds.md held against the code: addresses, endings, dumps, what a page holds, and settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from portal.site.record import resource_documents
from repository.config import load as configuration
from repository.linked import dumps, ldes_quads
from repository.site import STREAM_PAGES
from tests.support.api import Api
from tests.support.documentation import ROOT, table

PAGE = "docs/feeds.md"
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
OWN = {"feeds", "documents", "concepts", "statistics"}


def _written() -> set[str]:
    """Every address of the table, its parameters without their names."""
    cells = [row[0] for row in table(PAGE, "Addresses")]
    return {re.sub(r"{\w+}", "{}", one.strip("`")) for cell in cells for one in cell.split(", ")}


def test_every_address_of_the_feeds_is_told_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    api = Api(tmp_path)

    rules = {rule.rule for rule in api.app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in OWN}
    api.site.database.dispose()

    assert {re.sub(r"<(\w+:)?\w+>", "{}", rule) for rule in rules} == _written()


def test_every_ending_of_a_document_is_told_in_its_order() -> None:
    assert [tuple(row) for row in table(PAGE, "Documents")] == [
        (ending, media_type) for ending, media_type in resource_documents.MEDIA_TYPES.items()
    ]


def test_every_format_of_dumps_is_told() -> None:
    written = {row[0]: (row[1], row[3]) for row in table(PAGE, "Dumps")}

    assert written == {
        name: (f"{{position}}{ending}", dumps.MEDIA_TYPES[name]) for name, ending in dumps.ENDINGS.items()
    }
    assert f"The last {['no', 'one', 'two', 'three'][dumps.KEPT]} sets are kept" in TEXT


def test_the_sizes_of_pages_are_told() -> None:
    assert f"pages of {STREAM_PAGES.leaves} leaves, these to leaves of {STREAM_PAGES.members} members" in TEXT


def test_what_the_list_of_dumps_says_of_each_is_told() -> None:
    told = re.search(r"lists them as JSON: ([\w, ]+)\.", TEXT)

    assert told is not None
    assert set(told[1].split(", ")) == {*dumps.Dump.__struct_fields__, "url"} - {"erasures"}


def test_settings_shown_are_read(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path / "shown.toml"
    path.write_text(block, encoding="utf-8")

    assert configuration.load(path).linked.dump_every == tomllib.loads(block)["linked"]["dump_every"]


def test_the_member_that_is_shown_is_written_as_ours_are() -> None:
    shown = next(block for block in TEXT.split("```") if "tree:member" in block)
    at = ldes_quads.Addresses("...")
    (number,) = set(re.findall(r"/id/activity/(\d+)>", shown))
    lines = b"".join(ldes_quads.members([ldes_quads.Member(int(number), "0b5e...", "create", None)], at)).decode()

    for term in (ldes_quads.AS, ldes_quads.TREE):
        lines = lines.replace(term, {ldes_quads.AS: "as:", ldes_quads.TREE: "tree:"}[term])
    when = re.search(r'"(.*?)"', lines)
    assert when is not None
    assert f'as:published "{when[1]}"^^xsd:dateTime' in shown
    for word in ("as:Create", "as:object <.../id/resource/0b5e...>", "<.../ldes#stream> tree:member"):
        assert word in shown
