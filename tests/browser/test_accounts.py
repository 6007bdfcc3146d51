"""Accounts in a browser at 320 px: register, log in, recover, a second factor, a passkey; without JavaScript too."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.looking import NARROW
from tests.support.running import Running, free_port, running

pytestmark = pytest.mark.browser
PASSWORD = "een lang wachtwoord"
_LETTER_S = 20


class Here:
    """A server of its own, its home, and what it wrote to people."""

    def __init__(self, server: Running, home: Path) -> None:
        self.url = f"http://127.0.0.1:{server.port}"
        self.home = home

    def link_to(self, email: str, after: int) -> str:
        """The link of the newest letter to somebody, once there are more letters than `after`."""
        until = time.monotonic() + _LETTER_S
        while time.monotonic() < until:
            letters = [message_from_bytes(each.read_bytes(), policy=default) for each in self.letters()[after:]]
            for letter in letters:
                if letter["To"] == email:
                    return next(line for line in letter.get_content().splitlines() if line.startswith("http"))
            time.sleep(0.1)
        raise AssertionError(f"no letter to {email}")

    def letters(self) -> list[Path]:
        return sorted((self.home / "mail").glob("*.eml"))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    home = tmp_path_factory.mktemp("accounts")
    with running(home, "serve", "--port", str(free_port())) as server:
        yield Here(server, home)


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = _context(browser, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def _context(browser: Browser, **options: Any) -> BrowserContext:
    return browser.new_context(viewport={"width": NARROW, "height": 700}, locale="en-GB", **options)


def _person(here: Here, name: str) -> str:
    email = f"{name}-{time.monotonic_ns()}@example.org"
    code = "import sys; from portal.cli import main; sys.argv[0] = 'oerbron'; main()"
    words = ("user", "add", email, "--role", "curator", "--password-stdin")
    environment = {**os.environ, "OERBRON_HOME": str(here.home)}
    subprocess.run([sys.executable, "-c", code, *words], input=PASSWORD + "\n", text=True, check=True, env=environment)
    return email


def _log_in(page: Page, here: Here, email: str, password: str = PASSWORD) -> None:
    page.goto(here.url + "/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


def test_register_confirm_log_in_and_out(page: Page, here: Here) -> None:
    email = f"new-{time.monotonic_ns()}@example.org"
    letters = len(here.letters())
    page.goto(here.url + "/register")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()

    page.goto(here.link_to(email, letters))
    assert "Your address is confirmed" in page.inner_text("main")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Log out").click()

    assert page.get_by_role("link", name="Log in").count() == 1


def test_recover(page: Page, here: Here) -> None:
    email = _person(here, "forgetful")
    letters = len(here.letters())
    page.goto(here.url + "/login")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send the link").click()

    page.goto(here.link_to(email, letters))
    page.get_by_label("Password").fill("een heel nieuw wachtwoord")
    page.get_by_role("button", name="Set the password").click()
    _log_in(page, here, email, "een heel nieuw wachtwoord")

    page.get_by_role("button", name="Log out").wait_for()


def test_a_second_factor(page: Page, here: Here) -> None:
    email = _person(here, "careful")
    _log_in(page, here, email)
    page.goto(here.url + "/my/second-factor")
    page.get_by_role("button", name="Set up an authenticator").click()
    key = page.locator("main code").inner_text().replace("-", "")
    page.get_by_label("Code").fill(str(TOTP(key=key).generate().token))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Log out").click()

    _log_in(page, here, email)
    page.get_by_label("Code").fill(str(TOTP(key=key).generate(time.time() + 30).token))
    page.get_by_role("main").get_by_role("button", name="Log in").click()

    page.get_by_role("button", name="Log out").wait_for()


def test_log_in_by_keyboard_alone(page: Page, here: Here) -> None:
    email = _person(here, "keys")
    page.goto(here.url + "/login")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    page.get_by_role("button", name="Log out").wait_for()


def test_a_passkey_is_made_and_logs_in_without_a_password(browser: Browser, here: Here) -> None:
    """The device is Chromium's own virtual authenticator (WebAuthn over its debugging protocol)."""
    email = _person(here, "modern")
    context = _context(browser)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    local = here.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to a bare address
    _device(context, page)
    page.goto(local + "/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()

    page.goto(local + "/my/passkeys")
    page.get_by_label("Name").fill("phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("The passkey is added").wait_for()
    page.get_by_role("button", name="Log out").click()
    page.goto(local + "/login/passkey")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Log out").wait_for()

    assert errors == []
    page.goto(local + "/my/passkeys")
    page.get_by_role("button", name="Remove phone").click()
    page.get_by_text("The passkey is removed").wait_for()
    context.close()


def _device(context: BrowserContext, page: Page) -> None:
    session = context.new_cdp_session(page)
    send: Callable[..., object] = session.send
    send("WebAuthn.enable")
    send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
