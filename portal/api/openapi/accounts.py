"""The operations on people and tokens for the OpenAPI document (constants), and what they answer."""

from __future__ import annotations

from typing import Final

from portal.api.openapi.parts import answer, operation, query, write
from portal.api.openapi.schemas import BOOL, NUMBER, TEXT, TEXT_OR_NULL, Json, array, closed, either_null, ref
from repository.accounts.policy import ROLES, SCOPES

_TIME: Final[Json] = {"type": "string", "format": "date-time"}
_TIME_OR_NULL: Final = either_null(_TIME)
_ROLE: Final[Json] = {"type": "string", "enum": [*ROLES]}
_EMAIL: Final[Json] = TEXT | {"minLength": 3, "maxLength": 254}
_PERSON: Final[dict[str, Json]] = {
    "id": NUMBER,
    "email": TEXT,
    "name": TEXT_OR_NULL,
    "role": _ROLE,
    "active": BOOL | {"description": "A closed account has no session, password or token that counts."},
    "created": _TIME,
    "tokens": NUMBER | {"description": "API tokens that count now."},
    "last_used": _TIME_OR_NULL | {"description": "When one of them was used last."},
}
_NEXT: Final[Json] = {"type": ["integer", "null"], "description": "The next `after`."}
_PAGING: Final[list[Json]] = [
    query("after", "Those that follow this number.", {"type": "integer", "minimum": 0, "maximum": 10**15}, example=0),
    query("limit", "At most so many.", {"type": "integer", "minimum": 1, "maximum": 1000}, example=100),
]
_TOKEN: Final[Json] = {"security": [{"token": []}]}

SCHEMAS: Final[dict[str, Json]] = {
    "Person": closed(_PERSON),
    "NewPerson": closed(_PERSON | {"password_link": TEXT | {"description": "Sets a password, once, within a day."}}),
    "People": closed({"items": array(ref("Person")), "next": _NEXT}),
    "Token": closed(
        {
            "id": NUMBER,
            "person": closed({"id": NUMBER, "email": TEXT}),
            "scope": {"type": "string", "enum": [*SCOPES]},
            "organisation": TEXT_OR_NULL | {"description": "The slug of the one that it acts for."},
            "state": {"type": "string", "enum": ["valid", "expired", "revoked"]},
            "created": _TIME,
            "expires": _TIME_OR_NULL | {"description": "null: never."},
            "revoked": _TIME_OR_NULL,
            "last_used": _TIME_OR_NULL | {"description": "To the minute."},
        }
    ),
    "Tokens": closed({"items": array(ref("Token")), "next": _NEXT}),
    "PersonWish": closed(
        {"email": _EMAIL, "role": _ROLE, "name": TEXT},
        ("name",),
        examples=[{"email": "new.person@school.example", "role": "contributor"}],
    ),
    "PersonChange": closed({"role": _ROLE, "active": BOOL}, ("role", "active"), examples=[{"active": False}]),
}


def _number(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}, "example": 1}


def _json(schema: str) -> Json:
    return {"required": True, "content": {"application/json": {"schema": ref(schema)}}}


PATHS: Final[dict[str, Json]] = {
    "/people": {
        "get": operation(
            "listPeople", "Everybody who has an account, for admins", {"200": answer("People, by number.", "People")},
            "400 401 403", parameters=_PAGING, **_TOKEN,
        ),
        "post": write(
            "addPerson", "Add a person; the answer has the link that sets the password",
            {"201": answer("The person.", "NewPerson")}, "409 415 422", requestBody=_json("PersonWish"),
        ),
    },
    "/people/{id}": {
        "parameters": [_number("id")],
        "patch": write(
            "changePerson",
            "Give a person another role, close the account (its tokens end for good) or open it; the last active admin"
            " stays one",
            {"200": answer("The person.", "Person")}, "404 409 415 422", requestBody=_json("PersonChange"),
        ),
    },
    "/tokens": {
        "get": operation(
            "listTokens", "One's own API tokens, with any scope; everybody's for an admin with the scope admin",
            {"200": answer("Tokens, by number, without their secrets.", "Tokens")}, "400 401", parameters=_PAGING,
            **_TOKEN,
        ),
    },
    "/tokens/{id}": {
        "parameters": [_number("id")],
        "delete": operation(
            "revokeToken", "End a token for good, at once", {"204": {"description": "It has ended."}},
            "400 401 404 503", **_TOKEN,
        ),
    },
}  # fmt: skip
