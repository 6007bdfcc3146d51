"""The pages of the log-in and of somebody's own account, for the application."""

from __future__ import annotations

from flask import Flask

from portal.site.account import data, log_in, my, my_organisations, profile, searches, tokens
from portal.site.account.requests import forms as request_forms
from repository.site import Site


def register(app: Flask, site: Site) -> None:
    """Put them all into the application."""
    for module in (log_in, my, profile, my_organisations, searches, tokens, data, request_forms):
        app.register_blueprint(module.blueprint(site))
