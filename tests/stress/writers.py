"""Writers over the API, who note what was acknowledged: create, edit (against each other), delete, with retries."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass, field

from tests.stress.arena import Arena

LICENCES = ("https://creativecommons.org/licenses/by/4.0/", "All rights reserved")
GONE = ""
TRIES = 60


@dataclass
class Ledger:
    """What was acknowledged: uuid -> the newest revision that was answered, and its title (GONE: deleted)."""

    newest: dict[str, tuple[int, str]] = field(default_factory=dict)
    writes: int = 0
    doubts: set[str] = field(default_factory=set)  # uuids with a write whose fate was never learnt

    def note(self, uuid: str, revision: int, title: str) -> None:
        """A later answer may be of an earlier revision; nothing comes after a deletion."""
        self.writes += 1
        newest, last = self.newest.get(uuid, (-1, title))
        if last != GONE and (title == GONE or revision >= newest):
            self.newest[uuid] = (revision, title)


class Writer:
    """One of several; all of them edit the same records."""

    def __init__(self, arena: Arena, token: str, ledger: Ledger, seed: int) -> None:
        self.arena = arena
        self.ledger = ledger
        self.chance = random.Random(seed)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def write(self) -> None:
        """One write of some kind."""
        with self.arena.lock:
            known = [uuid for uuid, (_, title) in self.ledger.newest.items() if title != GONE]
        if not known or (self.chance.random() < 0.4 and len(known) < 400):
            self._create()
        elif self.chance.random() < 0.9:
            self._edit(self.chance.choice(known))
        else:
            self._delete(self.chance.choice(known))

    def _create(self) -> None:
        """The same key until it is answered: a repeated POST answers as the first did."""
        key = f"race-{self.chance.randrange(10**12)}"
        title = self._title()
        body = json.dumps({"record": self._tree(title, key)}).encode()
        answer = self._insist("POST", "/api/v1/records?as=published", body, {"Idempotency-Key": key})
        if answer is not None and answer[0] in (200, 201):
            made = json.loads(answer[1])
            self._note(made["id"], made["revision"], title)

    def _edit(self, uuid: str) -> None:
        current = self.arena.ask("GET", f"/api/v1/records/{uuid}?version=working", None, self.headers)
        if current is None or current[0] != 200:
            return
        found = json.loads(current[1])
        title = self._title()
        body = json.dumps({"record": self._tree(title, uuid)}).encode()
        headers = {"If-Match": f'"{found["revision"]}"', "Idempotency-Key": f"edit-{self.chance.randrange(10**12)}"}
        answer = self._insist("PUT", f"/api/v1/records/{uuid}?as=published", body, headers)
        if answer is None or answer[0] >= 500:
            self._doubt(uuid)
        elif answer[0] == 200:
            made = json.loads(answer[1])
            # A repeated request may be answered after somebody else has edited: that is his to note.
            if made["record"]["general"]["title"][0]["value"] == title:
                self._note(uuid, made["revision"], title)

    def _delete(self, uuid: str) -> None:
        headers = {"Idempotency-Key": f"delete-{self.chance.randrange(10**12)}"}
        answer = self._insist("DELETE", f"/api/v1/records/{uuid}", b'{"reason": "race"}', headers)
        if answer is None or answer[0] >= 500:
            self._doubt(uuid)
        elif answer[0] == 200:
            self._note(uuid, 0, GONE)

    def _insist(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes] | None:
        """Repeat a request under its key until it is answered; None when it never was."""
        for _ in range(TRIES):
            answer = self.arena.ask(method, path, body, self.headers | headers)
            if answer is not None and answer[0] != 503:
                return answer
            time.sleep(0.25)
        return None

    def _note(self, uuid: str, revision: int, title: str) -> None:
        with self.arena.lock:
            self.ledger.note(uuid, revision, title)

    def _doubt(self, uuid: str) -> None:
        with self.arena.lock:
            self.ledger.doubts.add(uuid)

    def _title(self) -> str:
        return f"Titel {self.chance.randrange(10**9)}"

    def _tree(self, title: str, key: str) -> dict[str, object]:
        """A record that may move into or out of the context `open` and the set of its language."""
        language = self.chance.choice(("nl", "fr"))
        return {
            "general": {"title": [{"lang": language, "value": title}], "language": [language]},
            "technical": {"location": [f"https://example.org/{key}"]},
            "rights": {"description": [{"lang": "x-none", "value": self.chance.choice(LICENCES)}]},
        }
