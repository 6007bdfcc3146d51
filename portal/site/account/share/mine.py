"""The tabs of /my about one's own contributions: drafts, waiting, to change, published, with what was said of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Response

from portal.web import i18n, login_session
from portal.web.page import page
from repository.accounts import Actor
from repository.deposit import mine
from repository.errors import Forbidden
from repository.site import Site

TITLES: Final = {
    "drafts": i18n.later("Drafts"),
    "waiting": i18n.later("Waiting"),
    "to-change": i18n.later("To change"),
    "published": i18n.later("Published"),
}
WORDS: Final = {
    "draft": i18n.later("draft"),
    "submitted": i18n.later("submitted"),
    "in_review": i18n.later("somebody looks at it"),
    "changes_requested": i18n.later("changes requested"),
    "rejected": i18n.later("rejected"),
    "none": i18n.later("published"),
}


def view(site: Site) -> Callable[[str], Response]:
    """The view of every tab."""

    def show(state: str) -> Response:
        actor = login_session.actor()
        if actor is None:
            raise Forbidden("Log in first.")
        listed = mine.listed(site, actor, state)
        words = {name: i18n.translate(word) for name, word in WORDS.items()}
        title = i18n.translate(TITLES[state])
        return page("site/share/mine.html", title=title, state=state, listed=listed, words=words)

    return show


def notes_of(site: Site, actor: Actor, uuid: str) -> tuple[tuple[int, str, str], ...]:
    """What was said of one contribution that must be changed."""
    return next((one.notes for one in mine.listed(site, actor, "to-change") if one.uuid == uuid), ())
