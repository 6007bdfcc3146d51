"""/my/organisations: those that somebody belongs to; managers keep their words, members and roles.

Whoever is to become a member is asked by a letter, and says yes by its link: so nobody learns by trying which addresses
have an account, and nobody belongs to anything unasked.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from flask import Blueprint, Response, flash, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.web import i18n, login_session
from portal.web.i18n import later
from portal.web.page import page
from repository.accounts import Subject, organisations, people, policy, throttles
from repository.accounts.organisations import MEMBERSHIPS, Details
from repository.errors import Forbidden, Invalid, NotFound, Refused
from repository.jobs import mail_outbox
from repository.site import Site

WEEK_S: Final = 7 * 86_400
SENTENCES: Final = (
    "An organisation has a name, of at most 200 characters.",
    "That is no web address; one begins with https://.",
    "That is no ROR; one looks like https://ror.org/05gq02987.",
    "This is the last manager; make somebody else a manager first.",
)


def blueprint(site: Site) -> Blueprint:
    """The organisations of somebody who is logged in."""
    made = Blueprint("my_organisations", __name__)
    views = _Views(site)
    made.add_url_rule("/my/organisations", "every", views.every)
    made.add_url_rule("/my/organisations", "make", views.make, methods=["POST"])
    made.add_url_rule("/my/organisations/<slug>", "one", views.one)
    made.add_url_rule("/my/organisations/<slug>", "describe", views.describe, methods=["POST"])
    made.add_url_rule("/my/organisations/<slug>/members", "change_member", views.change_member, methods=["POST"])
    made.add_url_rule("/my/organisations/<slug>/invite", "invite", views.invite, methods=["POST"])
    made.add_url_rule("/my/invitation/<token>", "invitation", views.invitation)
    made.add_url_rule("/my/invitation/<token>", "accept", views.accept, methods=["POST"])
    return made


class _Invitation(msgspec.Struct, frozen=True):
    slug: str
    email: str
    role: str


class _Views:
    def __init__(self, site: Site) -> None:
        self.site = site
        self.signer = URLSafeTimedSerializer(site.secret, salt="an invitation to an organisation")

    def every(self) -> Response:
        return self._list()

    def make(self) -> Response:
        """An admin makes an organisation; its page asks for a first manager next."""
        slug, name = request.form.get("slug", "").strip().lower(), request.form.get("name", "").strip()
        try:
            organisations.add(self.site, slug, name)
        except (Invalid, Refused) as error:
            return self._list(str(error), slug, name)
        return self._told(slug, later("The organisation is saved."))

    def _list(self, problem: str = "", slug: str = "", name: str = "") -> Response:
        person = login_session.somebody()
        own = organisations.of_person(self.site, person.account)
        others = organisations.every(self.site) if person.role == "admin" else ()
        response = page(
            "site/account/organisations.html",
            organisations=own,
            others=[each for each in others if each.slug not in {one.slug for one, _ in own}],
            is_admin=person.role == "admin",
            problem=problem,
            typed={"slug": slug, "name": name},
        )
        response.status_code = 422 if problem else 200
        return response

    def one(self, slug: str) -> Response:
        return self._page(self._managed(slug))

    def describe(self, slug: str) -> Response:
        before = self._managed(slug)
        said = {name: request.form.get(name, "").strip() for name in ("name", "about", "homepage", "ror")}
        wish = msgspec.structs.replace(before, **said)
        try:
            organisations.describe(self.site, wish)
        except Invalid as error:
            return self._page(wish, {each.path: i18n.translate(each.message) for each in error.problems})
        return self._told(slug, later("The organisation is saved."))

    def change_member(self, slug: str) -> Response:
        found = self._managed(slug)
        number, role = request.form.get("account", ""), request.form.get("role", "")
        if not number.isdecimal() or len(number) > 15 or role not in ("", *MEMBERSHIPS):
            raise NotFound("There is no such member.")
        try:
            organisations.change_member(self.site, slug, int(number), role or None)
        except Refused as error:
            return self._page(found, {"": i18n.translate(str(error))})
        return self._told(slug, later("The members are saved."))

    def invite(self, slug: str) -> Response:
        """Write to an address, whether it has an account or not."""
        found = self._managed(slug)
        typed, role = request.form.get("email", ""), request.form.get("role", "")
        if role not in MEMBERSHIPS:
            raise Invalid("There is no such role.")
        try:
            email = people.normal(typed)
        except Invalid:
            return self._page(found, {"email": i18n.translate("That is no e-mail address.")}, typed)
        if not throttles.allows(self.site, "registration", f"organisation {found.id}", email):
            return self._page(found, {"email": i18n.translate("This address was asked often enough today.")}, typed)
        signed = self.signer.dumps([slug, email, role])
        with self.site.database.write() as connection:
            mail_outbox.queue(
                connection, email, "invitation", i18n.language(),
                link=self.site.url(f"/my/invitation/{signed}"), organisation=found.name,
            )  # fmt: skip
        return self._told(slug, later("A letter is on its way; who opens its link becomes a member."))

    def invitation(self, token: str) -> Response:
        found = self._read(token)
        return page("site/account/invitation.html", organisation=organisations.details(self.site, found.slug))

    def accept(self, token: str) -> Response:
        found = self._read(token)
        organisations.welcome(self.site, found.slug, login_session.somebody().account, found.role)
        flash(later("You belong to it now."), "success")
        return Response(status=303, headers={"Location": "/my/organisations"})

    def _read(self, token: str) -> _Invitation:
        """The invitation of a link, for the person that it was sent to; raises NotFound for everybody else."""
        try:
            found = _Invitation(*self.signer.loads(token, max_age=WEEK_S))
        except BadSignature as error:
            raise NotFound("There is no such invitation.") from error
        if found.email != login_session.somebody().email:
            raise NotFound("There is no such invitation.")
        return found

    def _managed(self, slug: str) -> Details:
        """The organisation, for somebody who manages it; everybody else hears that there is none."""
        found = organisations.details(self.site, slug)
        actor = login_session.actor()
        if not policy.can(actor, "manage_organisation", Subject(organisation=found.id)):
            raise Forbidden("You do not manage this organisation.")
        return found

    def _told(self, slug: str, sentence: str) -> Response:
        flash(sentence, "success")
        return Response(status=303, headers={"Location": f"/my/organisations/{slug}"})

    def _page(self, found: Details, problems: dict[str, Any] | None = None, typed: str = "") -> Response:
        response = page(
            "site/account/organisation.html",
            organisation=found,
            members=organisations.people_of(self.site, found.slug),
            problems=problems or {},
            typed=typed,
        )
        response.status_code = 422 if problems else 200
        return response
