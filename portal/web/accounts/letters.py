"""What Flask-Security wants to send becomes a letter of ours in the outbox, with links of the site's own address."""

from __future__ import annotations

from typing import Any, Final

import email_validator
from flask import Flask, current_app
from flask_security import MailUtil
from flask_security.mail_util import EmailValidateException

from portal.web.accounts import words
from portal.web.accounts.datastore import Datastore, User
from repository.accounts import people
from repository.errors import Invalid
from repository.site import Site

_TEMPLATES: Final = {
    "welcome": ("confirm", "/confirm/", "confirmation_token"),
    "confirmation_instructions": ("confirm", "/confirm/", "confirmation_token"),
    "welcome_existing": ("known", "/forgot/", "reset_token"),
    "reset_instructions": ("recover", "/forgot/", "reset_token"),
    "reset_notice": ("changed", "/forgot", ""),
    "change_notice": ("changed", "/forgot", ""),
    "change_email_instructions": ("address", "/my/email/", "token"),
}
"""By the last part of Flask-Security's template: our letter, and where its link leads. What is not here is not sent."""


class Letters(MailUtil):  # type: ignore[misc]
    """Hands letters to the datastore, which queues them with its next commit."""

    def send_mail(self, template: str, subject: str, recipient: Any, *args: Any, **kwargs: Any) -> None:
        found = _TEMPLATES.get(template.rpartition("/")[2])
        if found is None:
            return
        name, path, token = found
        if name == "known" and kwargs.get("confirmation_token"):  # The same person, once more before confirming.
            name, path, token = _TEMPLATES["welcome"]
        user: User | None = getattr(kwargs.get("user"), "_get_current_object", lambda: kwargs.get("user"))()
        link = _site().url(path + str(kwargs[token] if token else ""))
        datastore: Datastore = current_app.extensions["security"].datastore
        datastore.write_letter(str(recipient), name, user, link=link)

    def normalize(self, email: str) -> str:
        """The form that accounts are found by; whatever it is, nobody is told more than that it is none."""
        try:
            return people.normal(email)
        except Invalid as error:
            raise EmailValidateException(words.MESSAGES["INVALID_EMAIL_ADDRESS"][0]) from error

    def validate(self, email: str) -> str:
        """An address that letters can be sent to, as far as its form tells."""
        address = self.normalize(email)
        try:
            email_validator.validate_email(address, check_deliverability=False, globally_deliverable=False)
        except email_validator.EmailNotValidError as error:
            raise EmailValidateException(words.MESSAGES["INVALID_EMAIL_ADDRESS"][0]) from error
        return address


def tell_the_old_address(app: Flask, user: User, old_email: str, **_: Any) -> None:
    """Whoever loses an address hears of it there; the new one is not told."""
    datastore: Datastore = app.extensions["security"].datastore
    datastore.write_letter(old_email, "moved", user, contact=_site().config.site.admin_email)


def _site() -> Site:
    found: Site = current_app.extensions["oerbron"]
    return found
