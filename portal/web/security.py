"""Headers that every answer carries, and the hosts that are served (reliability.md: stored XSS, headers, host).

The policy is strict: own files only, no inline script or style, no frames. A view that needs less (a download) sets
its own header first; this module never weakens what a view has set.
"""

from __future__ import annotations

from flask import Flask, Response, request

from repository.config.sections import Config

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Nothing in a document that is not a page may run, load or be framed, even when a browser shows it.
DOCUMENT_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": PERMISSIONS,
}
PAGE = {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}
HSTS = "max-age=31536000; includeSubDomains"


def protect(app: Flask, config: Config) -> None:
    """Serve trusted hosts only (any, when none is named) and set the security headers on every answer."""
    app.config["TRUSTED_HOSTS"] = list(config.site.trusted_hosts) or None
    secure = config.site.base_url.startswith("https:")
    of_pages, of_documents = _wanted(PAGE_POLICY, PAGE, secure), _wanted(DOCUMENT_POLICY, {}, secure)

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        wanted = of_pages if response.mimetype == "text/html" else of_documents
        present = {name.lower() for name, _ in headers}
        for key, name, value in wanted:
            if key not in present:
                headers.add(name, value)
        if response.status_code in (301, 302, 303, 307, 308):
            _without_host(response, config.site.base_url)
        if "HTTP_AUTHORIZATION" in request.environ:
            headers["Cache-Control"] = "no-store"
        return response


def _without_host(response: Response, base_url: str) -> None:
    """Take the host out of the router's redirect for a doubled slash: the client sent it, and a path is enough.

    Redirects of our own name the site's address, which nobody sent.
    """
    if response.location and response.location.startswith(base_url.rstrip("/") + "/"):
        return
    host = f"{request.environ.get('wsgi.url_scheme', 'http')}://{request.environ.get('HTTP_HOST', '')}/"
    if response.location and response.location.startswith(host):
        response.location = "/" + response.location.removeprefix(host).lstrip("/")
        response.data = b""


def document_headers(config: Config) -> list[tuple[str, str]]:
    """The headers of every answer that is not a page, for code that answers without Flask."""
    wanted = _wanted(DOCUMENT_POLICY, {}, config.site.base_url.startswith("https:"))
    return [(name, value) for _, name, value in wanted]


def _wanted(policy: str, more: dict[str, str], secure: bool) -> tuple[tuple[str, str, str], ...]:
    """Headers as (name in lower case, name, value), made ready once because every answer is compared with them."""
    found = {"Content-Security-Policy": policy, **ALWAYS, **more}
    if secure:
        found["Strict-Transport-Security"] = HSTS
    return tuple((name.lower(), name, value) for name, value in found.items())
