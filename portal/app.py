"""The application factory: the one place where a site's parts become an application (the composition root).

create_app takes an opened Site, so that tests and servers choose database, clock and configuration; it starts no
thread and opens nothing itself.
"""

from __future__ import annotations

import logging
from functools import partial

from flask import Flask, Response, request
from werkzeug.exceptions import Forbidden as HttpForbidden
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError, ServiceUnavailable
from werkzeug.exceptions import NotFound as HttpNotFound

from portal import health, permissions
from portal.api import routes as api
from portal.api.openapi import document as openapi
from portal.feeds import linked as feeds
from portal.feeds import saved_search_feed, search_feed, sru
from portal.site.about import about_pages
from portal.site.account import pages as account_pages
from portal.site.account.share import share
from portal.site.find import browse, concepts, groups, home
from portal.site.find import search as search_pages
from portal.site.record import resource_documents
from portal.site.systems import for_systems, oai_explorer, sources, statistics
from portal.web import below, limits, page, problems, security
from portal.web.accounts import door
from portal.web.look import packing
from portal.web.unread_body import UnreadBody
from provider import views as oai
from provider.fast_lane import Front
from repository.errors import Busy, Forbidden, Invalid, NotFound, RepositoryError
from repository.search.service import Searching, open_search
from repository.site import Site

log = logging.getLogger(__name__)


def create_app(site: Site, searching: Searching | None = None) -> Flask:
    """A WSGI application over one site; `searching` where the process has its search already."""
    searching = searching or open_search(site)
    app = Flask("portal", static_url_path="/static")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["oerbron"] = site
    app.url_map.strict_slashes = False
    packing.pack(app)
    described = openapi.document(site)
    security.protect(app, site.config)
    limits.enforce(app, site.config.limits.body_bytes)
    health.count(app)
    page.register(app, site)
    permissions.guard(app, site)
    door.install(app, site, permissions.comes_from_a_page)
    problems.register(app)
    _register_errors(app)
    app.register_blueprint(health.blueprint(site))
    app.register_blueprint(home.blueprint(site, searching))
    app.register_blueprint(browse.blueprint(site, searching))
    app.register_blueprint(concepts.blueprint(site))
    app.register_blueprint(groups.blueprint(site, searching))
    app.register_blueprint(resource_documents.blueprint(site, searching))
    app.register_blueprint(feeds.blueprint(site))
    app.register_blueprint(search_pages.blueprint(site, searching))
    app.register_blueprint(search_feed.blueprint(site, searching))
    app.register_blueprint(sru.blueprint(site, searching))
    app.register_blueprint(saved_search_feed.blueprint(site))
    app.register_blueprint(sources.blueprint(site))
    app.register_blueprint(statistics.blueprint(site, searching))
    app.register_blueprint(about_pages.blueprint(site))
    app.register_blueprint(for_systems.blueprint(site, described))
    account_pages.register(app, site)
    app.register_blueprint(share.blueprint(site, searching))
    app.register_blueprint(api.blueprint(site, searching, described))
    endpoints = oai.endpoints(site)
    app.register_blueprint(oai_explorer.blueprint(endpoints))
    app.register_blueprint(oai.blueprint(site, endpoints, oai_explorer.Explorer(site)))
    if not site.config.site.trusted_hosts:  # Flask checks hosts
        front = Front(app.wsgi_app, endpoints, security.document_headers(site.config), partial(health.counted, "oai"))
        app.wsgi_app = front  # type: ignore[method-assign]
    if prefix := below.path_of(site.config.site.base_url):
        below.check(prefix, (rule.rule for rule in app.url_map.iter_rules()))
        app.wsgi_app = below.Below(app.wsgi_app, prefix)  # type: ignore[method-assign]
    app.wsgi_app = UnreadBody(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _register_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if isinstance(error, SecurityError):  # A page links to addresses under its host, and this one is none of ours.
            return Response("This repository is not served under that host name.\n", 400, mimetype="text/plain")
        if problems.is_api(request.path):
            return problems.problem(problems.of_http(error))
        return page.error_page(error)

    @app.errorhandler(RepositoryError)
    def _repository(error: RepositoryError) -> Response:
        log.warning("refused", extra={"path": request.path, "reason": _reason(error), "kind": type(error).__name__})
        if problems.is_api(request.path):
            return problems.problem(problems.api_error_of(error))
        return page.error_page(_page_error(error))

    @app.errorhandler(Exception)
    def _unforeseen(error: Exception) -> Response:
        # The outermost edge: what nobody foresaw is logged whole and told as one sentence.
        log.error("unforeseen", exc_info=error, extra={"path": request.path, "method": request.method})
        if problems.is_api(request.path):
            return problems.problem(problems.ApiError(500, "internal", "The server could not do this; it is logged."))
        return page.error_page(InternalServerError())


def _reason(error: RepositoryError) -> str:
    """What the log says: of a body that cannot be taken only the codes, since its problems quote what it holds."""
    if isinstance(error, Invalid):
        return ", ".join(dict.fromkeys(problem.code for problem in error.problems)) or "invalid"
    return str(error)


def _page_error(error: RepositoryError) -> HTTPException:
    if isinstance(error, NotFound):
        return HttpNotFound()
    if isinstance(error, Forbidden):
        return HttpForbidden()
    return ServiceUnavailable(retry_after=error.retry_after_s if isinstance(error, Busy) else 10)
