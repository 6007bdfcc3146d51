"""The description containers: given when there is something true to say, valid where a schema is at hand."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from lxml import etree

from provider.containers import descriptions
from repository.config.sections import Config, HarvestSection, HarvestSource, OaiSection
from repository.sources import friends
from schemas.namespaces import OAI
from tests.support.fakes import fake_site


def a_site(domain: str = "oer.example", *, sources: tuple[str, ...] = (), **oai: str) -> Any:
    site = fake_site()
    harvest = HarvestSection(source=tuple(HarvestSource(f"s{n}", url) for n, url in enumerate(sources)))
    config: Config = msgspec.structs.replace(site.config, oai=OaiSection(**oai), harvest=harvest)
    return SimpleNamespace(
        config=config, domain=domain, namespace=uuid.NAMESPACE_DNS, base_url="http://repository.example",
        oai_identifier=lambda record: f"oai:{domain}:{record}",
    )  # fmt: skip


def found(site: Any) -> dict[str, etree._Element]:
    root = etree.fromstring(f"<a>{descriptions(site, friends(site, ()))}</a>")
    return {etree.QName(each[0]).localname: each[0] for each in root}


def test_a_lawful_domain_gives_the_oai_identifier() -> None:
    container = found(a_site())["oai-identifier"]

    names = {etree.QName(child).localname: child.text for child in container}
    assert names["repositoryIdentifier"] == "oer.example"
    assert (names["sampleIdentifier"] or "").startswith("oai:oer.example:")


@pytest.mark.parametrize("domain", ["localhost", "127.0.0.1", "3d.example", "a..b", "a.b."])
def test_an_unlawful_domain_gives_none(domain: str) -> None:
    assert found(a_site(domain)) == {}


def test_branding_and_rights_follow_the_configuration() -> None:
    containers = found(
        a_site(branding_url="http://x/i.png?a&b", rights="https://creativecommons.org/publicdomain/zero/1.0/")
    )

    assert containers["branding"].findtext(f".//{{{OAI}branding/}}url") == "http://x/i.png?a&b"
    manifest = containers["rightsManifest"]
    assert manifest.get("appliesTo") == "http://www.openarchives.org/OAI/2.0/entity#metadata"
    assert manifest[0][0].get("ref") == "https://creativecommons.org/publicdomain/zero/1.0/"


def test_friends_are_the_repositories_we_harvest() -> None:
    friends = found(a_site(sources=("http://b/oai", "http://a/oai", "http://b/oai")))["friends"]

    assert [child.text for child in friends] == ["http://a/oai", "http://b/oai"]


def test_a_source_that_is_no_provider_is_no_friend() -> None:
    site = a_site(sources=("http://a/oai",))
    stored = ('{"name": "b", "url": "http://b/sitemap.xml", "kind": "sitemap"}', '{"name": "c", "url": "http://c/oai"}')

    assert friends(site, stored) == ["http://a/oai", "http://c/oai"]


def test_every_container_names_its_schema() -> None:
    containers = found(a_site(sources=("http://a/oai",), branding_url="http://x/i.png", rights="http://x/r"))

    assert len(containers) == 4
    for container in containers.values():
        where = container.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation") or ""
        assert where.split()[0] == etree.QName(container).namespace
