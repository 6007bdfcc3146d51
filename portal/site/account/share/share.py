"""/share: an address, one form, Submit; and the same form for what one shared before.

Whatever goes wrong (a field, a second tab, a page that cannot be read), everything typed stands in the form that comes
back. A form sent twice makes one record.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, flash, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal.site.account.share import filled, mine, page_reading, wizard
from portal.site.account.share.filled import Filled
from portal.site.find.words import recognised
from portal.web import i18n, login_session, search_items
from portal.web.cards import card
from portal.web.page import page
from repository import deposit
from repository.accounts import Actor
from repository.deposit import Save, idempotency, working_view
from repository.errors import Invalid, NotFound, Refused, Stale
from repository.published import snapshot
from repository.search.errors import SearchUnavailable
from repository.search.plan.parameters import Search
from repository.search.service import Searching
from repository.site import Site
from schemas.errors import Problem
from schemas.record import General, Record, Technical, from_json, to_json

MOST_BASE: Final = 24_000  # bytes of what the form carries along of a page
SENTENCES_OF: Final = {
    "title": i18n.later("Give it a title."),
    "url": i18n.later("Give the web address where it is."),
    "other": i18n.later("This cannot be taken: %(why)s"),
}
_FIELD_OF: Final = {"general.title": "title", "technical.location": "url", "rights": "licence"}


def blueprint(site: Site, searching: Searching) -> Blueprint:
    """/share, /share/{uuid} and the tabs of /my about contributions."""
    made = Blueprint("share", __name__)
    view = _Share(site, searching)
    made.add_url_rule("/share", "start", view.start)
    made.add_url_rule("/share/read", "read", view.read, methods=["POST"])
    made.add_url_rule("/share/new", "empty", view.empty)
    made.add_url_rule("/share/new", "create", view.create, methods=["POST"])
    made.add_url_rule("/share/licence", "wizard", view.wizard)
    made.add_url_rule("/share/<uuid>", "edit", view.edit)
    made.add_url_rule("/share/<uuid>", "change", view.change, methods=["POST"])
    for state in ("drafts", "waiting", "to-change", "published"):  # a rule of its own each, so that each is a tab
        made.add_url_rule(f"/my/{state}", f"mine_{state.replace('-', '_')}", mine.view(site), defaults={"state": state})
    return made


class _Share:
    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.searching = searching

    def start(self) -> Response:
        return page("site/share/start.html", address=request.args.get("address", ""), problem="")

    def read(self) -> Response:
        """Read the page at an address; its form, or an empty one and why."""
        found = page_reading.read_page(self.site, request.form.get("address", ""))
        if found.problem == page_reading.NOT_AN_ADDRESS:
            response = page("site/share/start.html", address=found.address, problem=i18n.translate(found.problem))
            response.status_code = 422
            return response
        base = found.record or Record(general=General(), technical=Technical(location=(found.address,)))
        said = page_reading.plain(filled.of_record(base, self.site.vocabularies))
        shown = self._guessed(said)
        marked = [name for name, value in said._asdict().items() if value and found.record is not None]
        return self._form(
            shown, base=base, marked=marked, alert=i18n.translate(found.problem) if found.problem else "",
            here=self._here(shown.url),
        )  # fmt: skip

    def empty(self) -> Response:
        return self._form(Filled(language=i18n.language()), base=Record())

    def create(self) -> Response:
        """Keep a new record: a draft, or submitted."""
        typed = filled.of_form(request.form.to_dict(flat=False))
        base = self._base(request.form.get("base", ""))
        key = request.form.get("key", "")
        problems = self._missing(typed)
        actor = self._actor()
        if not problems:
            wish = Save(
                record=filled.merged(base, typed, self.site.vocabularies),
                as_state=_state(),
                key=_sent_once(actor.account, key, typed),
            )
            try:
                return self._saved(deposit.save(self.site, actor, wish).work)
            except idempotency.Repeated:
                return self._saved("submitted" if _state() == "submitted" else "draft")
            except Invalid as error:
                problems = self._told(error.problems or (Problem("", "invalid", str(error)),))
        return self._form(typed, base=base, problems=problems, key=key, marked=request.form.getlist("marked"))

    def edit(self, uuid: str) -> Response:
        """The form of one's own record, at the field that was commented first."""
        found = working_view.working(self.site, self._actor(), uuid)
        if "save" not in found.actions and "submit" not in found.actions:
            raise NotFound("There is no such contribution of yours.")
        shown = filled.of_record(found.record, self.site.vocabularies)
        notes = mine.notes_of(self.site, self._actor(), uuid)
        return self._form(shown, uuid=uuid, revision=found.revision, notes=notes)

    def change(self, uuid: str) -> Response:
        """Save one's own record again; when somebody else did so meanwhile, both versions are shown."""
        actor = self._actor()
        found = working_view.working(self.site, actor, uuid)
        typed = filled.of_form(request.form.to_dict(flat=False))
        revision = _number(request.form.get("revision", ""))
        problems = self._missing(typed)
        theirs = None
        if not problems:
            record = filled.merged(found.record, typed, self.site.vocabularies)
            wish = Save(record=record, uuid=uuid, as_state=_state(), if_match=revision)
            try:
                return self._saved(deposit.save(self.site, actor, wish).work)
            except Stale:
                theirs, revision = self._differing(found.record, typed), found.revision
            except (Invalid, Refused) as error:
                problems = self._told(getattr(error, "problems", ()) or (Problem("", "refused", str(error)),))
        return self._form(typed, uuid=uuid, revision=revision, problems=problems, theirs=theirs)

    def wizard(self) -> Response:
        """Four questions and a licence."""
        answers = {name: request.args.get(name, "") for name, _, _ in wizard.QUESTIONS}
        return page("site/share/wizard.html", questions=wizard.QUESTIONS, answers=answers,
                             advised=wizard.advise(**answers), licences=filled.LICENCES)  # fmt: skip

    def _form(self, shown: Filled, *, base: Record | None = None, problems: dict[str, str] | None = None,
              uuid: str = "", revision: int | None = None, key: str = "", **more: Any) -> Response:  # fmt: skip
        response = page(
            "site/share/form.html",
            filled=shown,
            base="" if base is None else self._carried(base),
            problems=problems or {},
            labels={name: i18n.translate(label) for name, label in filled.FIELDS.items()},
            uuid=uuid,
            revision=revision,
            key=key or secrets.token_hex(16),
            options=self._options(shown),
            **{"marked": (), "alert": "", "here": [], "theirs": None, "notes": ()} | more,
        )
        response.status_code = 409 if more.get("theirs") else 422 if problems else 200
        return response

    def _options(self, shown: Filled) -> dict[str, list[tuple[str, str]]]:
        """What each list of the form offers, in the reader's language."""
        vocabularies = self.site.vocabularies
        languages = i18n.labels_in(i18n.language(), self.site.config.site.languages)
        found: dict[str, list[tuple[str, str]]] = {}
        for name in ("level", "subject", "type"):
            found[name] = [
                (one.id, "\u00a0\u00a0" * len(vocabularies.ancestors(one.id)) + vocabularies.label(one.id, languages))
                for one in vocabularies.concepts.values() if one.scheme == name
            ]  # fmt: skip
        found["licence"] = [(uri, i18n.translate(words)) for uri, words in filled.LICENCES.items()]
        if shown.licence == filled.KEEP:
            found["licence"].insert(0, (filled.KEEP, i18n.translate("As it stands in the description now")))
        tags = dict.fromkeys((*self.site.config.site.languages, *([shown.language] if shown.language else [])))
        found["language"] = [(tag, i18n.language_name(tag)) for tag in tags]
        return found

    def _guessed(self, shown: Filled) -> Filled:
        """With the level and subject that the title names, where the page said none."""
        vocabularies = self.site.vocabularies
        for one in recognised(Search(q=" ".join(shown.title.split()[:12])), vocabularies, i18n.language()):
            if one.scheme == "level" and not shown.level:
                shown = shown._replace(level=(one.concept,))
            elif one.scheme == "subject" and not shown.subject:
                shown = shown._replace(subject=(one.concept,))
        return shown if shown.language else shown._replace(language=i18n.language())

    def _here(self, address: str) -> list[dict[str, Any]]:
        """What is here already at this address."""
        if not address:
            return []
        try:
            hits = self.searching.find(Search(q=f'"{address}"', size=3)).found.hits
        except SearchUnavailable:
            return []
        with snapshot(self.site.database) as line:
            found = search_items.resources(self.site, line, hits)
        return [card(self.site, one) for _, one in found]

    def _differing(self, record: Record, typed: Filled) -> list[tuple[str, str]]:
        """What stands in a record now, field by field where the form says otherwise."""
        there = filled.of_record(record, self.site.vocabularies)
        languages = i18n.labels_in(i18n.language(), self.site.config.site.languages)
        told = []
        for name, value in there._asdict().items():
            if value != getattr(typed, name):
                many = (
                    [self.site.vocabularies.label(one, languages) for one in value] if isinstance(value, tuple) else []
                )
                told.append((i18n.translate(filled.FIELDS[name]), ", ".join(many) or str(value or "–")))
        return told

    def _missing(self, typed: Filled) -> dict[str, str]:
        if _state() == "draft":
            return {}
        return {name: i18n.translate(SENTENCES_OF[name]) for name in ("title", "url") if not getattr(typed, name)}

    def _told(self, problems: tuple[Problem, ...]) -> dict[str, str]:
        """Problems of the deposit at the fields of the form."""
        told: dict[str, str] = {}
        for each in problems:
            field = next((name for path, name in _FIELD_OF.items() if each.path.startswith(path)), "")
            told[field] = i18n.translate(SENTENCES_OF["other"], why=each.message)
        return told

    def _saved(self, work: str) -> Response:
        flash(i18n.later("Your draft is kept.") if work == "draft" else i18n.later("It was submitted."), "success")
        where = "drafts" if work == "draft" else "published" if work == "none" else "waiting"
        return Response(status=303, headers={"Location": f"/my/{where}"})

    def _carried(self, base: Record) -> str:
        tree = to_json(base)
        return str(self._seal.dumps(tree.decode())) if len(tree) <= MOST_BASE else ""

    def _base(self, sealed: str) -> Record:
        """What the page said beyond the form, as it was carried along; nothing when it was changed on the way."""
        try:
            return from_json(str(self._seal.loads(sealed)).encode())
        except (BadSignature, msgspec.MsgspecError, ValueError):
            return Record()

    @property
    def _seal(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.site.secret, "shared page")

    def _actor(self) -> Actor:
        found = login_session.actor()
        if found is None:
            raise NotFound("There is no such page.")
        return found


def _sent_once(account: int, key: str, typed: Filled) -> idempotency.Key:
    """The key of a form with just this content: sent twice it makes one record, and a changed one is never dropped."""
    content = sha256(repr((key, _state(), typed)).encode("utf-8", "surrogatepass")).hexdigest()
    return idempotency.key_of(account, content, "POST", "/share/new", b"")


def _state() -> str:
    return "draft" if request.form.get("as") == "draft" else "submitted"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
