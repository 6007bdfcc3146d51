"""Containers: what Identify says about the repository, and `about` about a record (guidelines beside OAI-PMH 2.0)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from repository.config.sections import HarvestSection, OaiSection
from tests.conformance.oai_site import OPEN, Stage, licensed
from tests.conformance.oai_walk import Page, ask
from tests.support.deposit import a_delivery, bring

PROVENANCE = "{http://www.openarchives.org/OAI/2.0/provenance}"
NESTED = (
    b'<provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance"><originDescription'
    b' harvestDate="2020-02-02T00:00:00Z" altered="false"><baseURL>http://first.example/oai</baseURL>'
    b"<identifier>oai:first:1</identifier><datestamp>2019-01-01</datestamp><metadataNamespace>urn:x</metadataNamespace>"
    b"</originDescription></provenance>"
)


def containers(page: Page, name: str) -> list[str]:
    """The names of what stands in every element of this name."""
    return [str(each[0].tag).rpartition("}")[2] for each in page.root.iter(f"{{*}}{name}")]


def test_identify_carries_what_the_configuration_says(stage: Stage) -> None:
    page = ask(stage.app, verb="Identify")

    assert containers(page, "description") == ["oai-identifier", "branding", "rightsManifest", "friends"]
    assert page.root.findtext(".//{*}friends/{*}baseURL") == "http://friend.example/oai"
    assert page.root.findtext(".//{*}oai-identifier/{*}repositoryIdentifier") == "repository.example"


def test_identify_says_nothing_that_is_not_configured(stage_on: Callable[..., Stage]) -> None:
    stage = stage_on(oai=OaiSection(domain="127.0.0.1"), harvest=HarvestSection())

    assert containers(ask(stage.app, verb="Identify"), "description") == []


def test_the_sample_identifier_is_of_the_form_of_ours(stage: Stage) -> None:
    [identifier] = stage.publish(licensed())
    sample = ask(stage.app, verb="Identify").root.findtext(".//{*}sampleIdentifier") or ""

    assert sample.rpartition(":")[0] == identifier.rpartition(":")[0]
    assert len(sample) == len(identifier)


def test_a_record_says_its_rights_and_a_deleted_one_nothing(stage: Stage) -> None:
    open_, unknown = stage.publish(licensed(), licensed("Zonder", None))

    def about(identifier: str) -> list[str]:
        return containers(ask(stage.app, verb="GetRecord", metadataPrefix="lom", identifier=identifier), "about")

    assert about(open_) == ["rights"]
    assert about(unknown) == []
    page = ask(stage.app, verb="GetRecord", metadataPrefix="lom", identifier=open_)
    assert [each.get("ref") for each in page.root.iter("{*}rightsReference")] == [OPEN]
    stage.withdraw(open_)
    assert about(open_) == []


@pytest.mark.parametrize("nested", [None, NESTED, b"<broken", b"<other/>"])
def test_a_harvested_record_says_where_it_came_from(stage: Stage, nested: bytes | None) -> None:
    delivery = a_delivery(
        licensed("Breuken & <meer>"), format="lom", identifier="oai:src:1&2", datestamp="2020-01-01T00:00:00Z",
        base_url="http://src.example/oai?a=1&b=2", provenance=nested,
    )  # fmt: skip
    assert [outcome.outcome for outcome in bring(stage.site, delivery)] == ["created"]
    stage.seal()

    for prefix in ("oai_dc", "lom"):
        page = ask(stage.app, verb="ListRecords", metadataPrefix=prefix)
        assert containers(page, "about") == ["rights", "provenance"]
        origin, *inner = page.root.iter(f"{PROVENANCE}originDescription")
        assert [(str(each.tag).removeprefix(PROVENANCE), each.text) for each in origin][:4] == [
            ("baseURL", "http://src.example/oai?a=1&b=2"),
            ("identifier", "oai:src:1&2"),
            ("datestamp", "2020-01-01T00:00:00Z"),
            ("metadataNamespace", "http://ltsc.ieee.org/xsd/LOM"),
        ]
        assert (origin.get("altered"), str(origin.get("harvestDate"))[:4]) == ("true", "2026")
        if nested == NESTED:
            assert [each.findtext(f"{PROVENANCE}identifier") for each in inner] == ["oai:first:1"]
            assert inner[0].getparent() is origin
        else:
            assert inner == []
