"""POST /validate: judge a body by its own schema and by a profile; nothing is stored, no token is needed."""

from __future__ import annotations

from flask import Response, request

from portal.api.bodies import body_bytes, media_type
from portal.api.parameters import bad_parameter, parameters
from portal.web.responses import json
from repository.site import Site
from schemas import judgement
from schemas.validation import validation


class Validate:
    """The one view."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @parameters("profile")
    def validate(self) -> Response:
        profile = request.args.get("profile", validation.CORE)
        if profile not in validation.profile_names():
            names = ", ".join(validation.profile_names())
            raise bad_parameter("profile", f"There is no profile {profile!r}; there are {names}.")
        judged = judgement.judge(body_bytes(), media_type(), self.site.vocabularies, profile)
        return json({"valid": judged.valid, "problems": judged.problems, "repairs": judged.repairs})
