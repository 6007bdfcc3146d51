"""The forms: report a problem with a resource, ask for a takedown, write to the editors; and the page of a receipt.

They need no log-in. Robots are kept off by a trap of time (a form that comes back within two seconds is shown again,
with everything typed) and by a bound on how often one address may send; nobody is asked to read letters in a picture.
"""

from __future__ import annotations

import re
import secrets
from typing import Final, NamedTuple

from flask import Blueprint, Response, abort, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal.web import i18n, login_session, resource
from portal.web.accounts import forms as account_forms
from portal.web.page import page
from portal.web.responses import personal
from repository.accounts import people, throttles
from repository.errors import Invalid, NotFound
from repository.published import snapshot
from repository.requests import requests
from repository.requests.requests import Asked, Kind
from repository.site import Site

TRAP_S: Final = 2.0
REASONS: Final[dict[str, tuple[Kind, str]]] = {
    "link": ("report", i18n.later("The link does not work")),
    "licence": ("report", i18n.later("The licence is wrong")),
    "description": ("correction", i18n.later("The description is wrong")),
    "rights": ("takedown", i18n.later("It is mine, or of somebody I speak for, and may not be here")),
    "harm": ("report", i18n.later("It is not fit for pupils")),
    "other": ("report", i18n.later("Something else")),
}
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PROBLEMS: Final = {
    "kind": i18n.later("Choose a reason."),
    "missing": i18n.later("This may not stay empty."),
    "email": i18n.later("This is no e-mail address."),
    "too_long": i18n.later("This is too long: at most 5000 characters."),
    "record": i18n.later("There is no such resource here: give the address of its page on this site."),
    "soon": i18n.later("That was quick. Please look it over and send it again."),
    "often": i18n.later("Much was sent from where you are. Please try again in an hour; what you typed is still here."),
}
STATES: Final = {
    "open": i18n.later("Nobody has decided yet."),
    "granted": i18n.later("It was granted."),
    "refused": i18n.later("It was refused."),
}


class Form(NamedTuple):
    """What a page asks for: its title, the reasons to choose from, and whether a resource is named in a field."""

    path: str
    title: str
    reasons: tuple[str, ...]
    names_record: bool = False


REPORT: Final = Form("", i18n.later("Report a problem"), tuple(REASONS))
TAKEDOWN: Final = Form("/takedown", i18n.later("Ask for a takedown"), ("rights", "harm", "other"), names_record=True)
CONTACT: Final = Form("/contact", i18n.later("Write to us"), ())


def blueprint(site: Site) -> Blueprint:
    """/takedown, /contact, /doc/resource/{uuid}/report, /requests/{receipt}."""
    made = Blueprint("requests", __name__)
    view = _Forms(site)
    for form, name in ((TAKEDOWN, "takedown"), (CONTACT, "contact")):
        made.add_url_rule(form.path, name, view.show, defaults={"form": form})
        made.add_url_rule(form.path, f"send_{name}", view.send, defaults={"form": form}, methods=["POST"])
    made.add_url_rule("/doc/resource/<uuid>/report", "report", view.report)
    made.add_url_rule("/doc/resource/<uuid>/report", "send_report", view.send_report, methods=["POST"])
    made.add_url_rule("/requests/<receipt>", "receipt", view.receipt)
    return made


class _Forms:
    def __init__(self, site: Site) -> None:
        self.site = site

    def show(self, form: Form) -> Response:
        return self._page(form, {"record": request.args.get("record", "")}, {})

    def report(self, uuid: str) -> Response:
        return self._page(self._report(uuid), {"record": uuid}, {})

    def send_report(self, uuid: str) -> Response:
        return self.send(self._report(uuid), uuid)

    def _report(self, uuid: str) -> Form:
        """The form of one resource, live or gone; a draft has none."""
        known = resource.canonical_uuid(uuid)
        with snapshot(self.site.database) as line:
            if known is None or line.find(known) is None:
                abort(404)
        return REPORT._replace(path=f"/doc/resource/{known}/report")

    def send(self, form: Form, record: str = "") -> Response:
        """Keep what was sent, or show it again with what is wrong; nothing typed is lost."""
        typed = {name: request.form.get(name, "") for name in ("reason", "email", "message", "record")}
        if request.form.get("only") == "language":
            return self._page(form, typed, {}, sent=True)
        problems, asked = self._read(form, typed, record)
        if not problems and not throttles.allows(self.site, "report", account_forms.address()):
            problems = {"": PROBLEMS["often"]}
        if not problems and asked is not None:
            try:
                return self._thanks(requests.ask(self.site, asked))
            except Invalid as error:
                problems = {each.path: PROBLEMS.get(each.code, PROBLEMS["record"]) for each in error.problems}
        response = self._page(form, typed, problems, sent=True)
        response.status_code = 422
        return response

    def _read(self, form: Form, typed: dict[str, str], record: str) -> tuple[dict[str, str], Asked | None]:
        problems: dict[str, str] = {}
        kind, label = REASONS.get(typed["reason"], ("contact", ""))
        if form.reasons and typed["reason"] not in form.reasons:
            problems["reason"] = PROBLEMS["kind"]
        if not typed["message"].strip():
            problems["message"] = PROBLEMS["missing"]
        if (form.names_record or not form.reasons) and not typed["email"].strip():
            problems["email"] = PROBLEMS["missing"]
        elif typed["email"].strip() and not _is_email(typed["email"]):
            problems["email"] = PROBLEMS["email"]
        if form.names_record:
            found = _UUID.search(typed["record"].lower())
            record = found[0] if found else ""
            kind = "takedown"
            if not record:
                problems["record"] = PROBLEMS["record"]
        opened = request.form.get("opened", "")
        if not problems and not self._waited(opened):
            problems[""] = PROBLEMS["soon"]
        if problems:
            return problems, None
        visitor = login_session.person()
        text = f"{label}\n\n{typed['message']}" if label else typed["message"]
        by = visitor.account if visitor else None
        return {}, Asked(kind, text, typed["email"].strip(), record or None, by, i18n.language(), opened)

    def _page(self, form: Form, typed: dict[str, str], problems: dict[str, str], *, sent: bool = False) -> Response:
        """The form; once it was `sent`, another language is chosen by sending it again, and nothing typed is lost."""
        visitor = login_session.person()
        response = page(
            "site/requests/form.html",
            form=form,
            reasons=[(name, i18n.translate(REASONS[name][1])) for name in form.reasons],
            typed=typed | {"email": typed.get("email") or (visitor.email if visitor else "")},
            problems={name: i18n.translate(sentence) for name, sentence in problems.items()},
            typed_in="typed" if sent else "",
            opened=self._stamp.dumps([int(self.site.clock.now()), secrets.token_urlsafe(9)]),
        )
        return personal(response)

    @property
    def _stamp(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.site.secret, "form opened")

    def _waited(self, opened: str) -> bool:
        """Whether the form was open for longer than a robot needs; it may stay open for ever."""
        try:
            return self.site.clock.now() - float(self._stamp.loads(opened)[0]) >= TRAP_S
        except (BadSignature, TypeError, ValueError):
            return False

    def _thanks(self, receipt: str) -> Response:
        response = page("site/requests/thanks.html", address=self.site.url(f"/requests/{receipt}"))
        return personal(response, secret_address=True)

    def receipt(self, receipt: str) -> Response:
        """The state of a request, for whoever has its receipt."""
        try:
            found = requests.by_receipt(self.site, receipt)
        except NotFound:
            abort(404)
        state = i18n.translate(STATES[found.state])
        return personal(page("site/requests/receipt.html", asked=found, state=state), secret_address=True)


def _is_email(text: str) -> bool:
    try:
        people.normal(text.strip())
    except Invalid:
        return False
    return True
