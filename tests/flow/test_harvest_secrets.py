"""The secret of a source: sent to its own host and to nobody else, and written nowhere (docs/harvesting.md)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.commands import Answer, oerbron, outcomes
from tests.zoo.keeper import Zoo
from tests.zoo.provider import Provider, Reply

SECRET = "reader:s3cr-et-W0rd"
PACKED = base64.b64encode(SECRET.encode()).decode()


@dataclass
class Locked(Provider):
    """Answers those who know the secret; notes what each request brought."""

    wanted: str = f"Basic {PACKED}"
    brought: list[str] = field(default_factory=list)

    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        self.brought.append(headers.get("authorization", ""))
        return super().reply(query, headers) if self.brought[-1] == self.wanted else Reply(401, b"who are you?")


@dataclass
class Leads(Locked):
    """Knows the secret, and redirects lists to another address."""

    whither: str = ""

    def answer(self, arguments: dict[str, str]) -> Reply:
        if arguments.get("verb") != "ListRecords":
            return super().answer(arguments)
        query = "&".join(f"{name}={value}" for name, value in arguments.items())
        return Reply(302, b"", (("Location", f"{self.whither}?{query}"),))


@dataclass
class Open(Provider):
    """Answers everybody; notes what each request brought."""

    brought: list[str] = field(default_factory=list)

    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        self.brought.append(headers.get("authorization", ""))
        return super().reply(query, headers)


@pytest.fixture
def other() -> Iterator[Zoo]:
    """A second host: another port, or another name for this machine."""
    opened = Zoo()
    yield opened
    opened.close()


class Home:
    def __init__(self, path: Path) -> None:
        self.path = path / "home"
        self.config = path / "harvest.toml"
        self.config.write_text('[harvest]\nallow_hosts = ["127.0.0.1", "localhost"]\n', encoding="utf-8")

    def call(self, *words: str, secret: str = SECRET) -> Answer:
        return oerbron(self.path, "--config", self.config, "harvest", *words, OERBRON_SOURCE_DE_KLAS=secret)

    def holds(self, *texts: str) -> list[str]:
        """The files of the home that hold one of these texts."""
        files = [each for each in self.path.rglob("*") if each.is_file()]
        return [str(each) for each in files if any(text.encode() in each.read_bytes() for text in texts)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def _followed(home: Home, zoo: Zoo, provider: Provider, *, secret: str = SECRET) -> Answer:
    assert home.call("add", "de-klas", zoo.take_in("klas", provider)).code == 0
    return home.call("run", "de-klas", secret=secret)


def test_a_user_and_a_password_open_a_source(home: Home, zoo: Zoo) -> None:
    provider = Locked()

    answer = _followed(home, zoo, provider)

    assert (answer.code, answer.counts) == (0, outcomes(created=25))
    assert set(provider.brought) == {f"Basic {PACKED}"}


def test_a_token_opens_a_source(home: Home, zoo: Zoo) -> None:
    answer = _followed(home, zoo, Locked(wanted="Bearer t0ken"), secret="t0ken")

    assert (answer.code, answer.counts) == (0, outcomes(created=25))


def test_the_secret_of_another_source_is_not_sent(home: Home, zoo: Zoo) -> None:
    provider = Open()
    home.call("add", "de", zoo.take_in("de", provider))

    assert home.call("run", "de").code == 0
    assert set(provider.brought) == {""}


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_redirect_to_another_host_does_not_take_the_secret_along(home: Home, zoo: Zoo, other: Zoo, name: str) -> None:
    stranger = Open()
    whither = other.take_in("stranger", stranger).replace("127.0.0.1", name)
    provider = Leads(whither=whither)

    answer = _followed(home, zoo, provider)

    assert answer.counts["created"] > 0
    assert f"Basic {PACKED}" in provider.brought
    assert stranger.brought
    assert set(stranger.brought) == {""}


def test_a_redirect_within_the_host_takes_the_secret_along(home: Home, zoo: Zoo) -> None:
    behind = Locked()
    provider = Leads(whither=zoo.take_in("behind", behind))

    assert _followed(home, zoo, provider).counts == outcomes(created=25)
    assert set(behind.brought) == {f"Basic {PACKED}"}


@pytest.mark.parametrize("refuses", [False, True])
def test_the_secret_is_written_nowhere(home: Home, zoo: Zoo, refuses: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    answer = _followed(home, zoo, Locked(wanted="nothing opens it") if refuses else Locked())
    shown = [home.call(*words) for words in (("show", "de-klas"), ("show", "de-klas", "--json"), ("list",))]

    said = "".join(each.out + each.err for each in (answer, *shown)) + caplog.text
    assert answer.code == int(refuses)
    assert not [each for each in (PACKED, SECRET, SECRET.partition(":")[2]) if each in said]
    assert home.holds(PACKED, SECRET) == []


@pytest.mark.parametrize(
    "secret", ["reader:s3cr-et\r\nX-Other: 1", "t0ken\nX-Other: 1", "t0ken\x7f", "tökén\u20ac", "t0 ken"]
)
def test_a_secret_that_cannot_be_sent_is_told_and_not_repeated(home: Home, zoo: Zoo, secret: str) -> None:
    provider = Open()

    answer = _followed(home, zoo, provider, secret=secret)

    assert answer.code == 1
    assert "OERBRON_SOURCE_DE_KLAS" in answer.err
    assert "s3cr" not in answer.err + home.call("show", "de-klas", "--json").out
    assert "0ken" not in answer.err
    assert provider.brought == []


@pytest.mark.parametrize("secret", [f"{SECRET}\n", f" {SECRET} "])
def test_white_space_around_a_secret_is_none_of_it(home: Home, zoo: Zoo, secret: str) -> None:
    assert _followed(home, zoo, Locked(), secret=secret).counts == outcomes(created=25)


def test_a_password_may_hold_any_letter(home: Home, zoo: Zoo) -> None:
    secret = "reader:pässwörd €: x"
    wanted = f"Basic {base64.b64encode(secret.encode()).decode()}"

    assert _followed(home, zoo, Locked(wanted=wanted), secret=secret).counts == outcomes(created=25)
