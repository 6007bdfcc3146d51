"""Security headers on every kind of answer; hosts that are not trusted are refused."""

from flask import Flask
from flask.testing import FlaskClient

from portal.web import security
from repository.config.sections import Config, SiteSection


def a_client(**site: object) -> FlaskClient:
    app = Flask("test")
    security.protect(app, Config(site=SiteSection(**site)))  # type: ignore[arg-type]
    app.add_url_rule("/page", "page", lambda: "<p>")
    app.add_url_rule("/document", "document", lambda: {"a": 1})
    return app.test_client()


def test_pages_allow_own_files_only() -> None:
    policy = a_client().get("/page").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_documents_are_sandboxed() -> None:
    assert "sandbox" in a_client().get("/document").headers["Content-Security-Policy"]


def test_every_answer_has_the_other_headers() -> None:
    for path in ("/page", "/document", "/nothing"):
        headers = a_client().get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"]
        assert headers["Permissions-Policy"]


def test_hsts_only_where_the_site_is_https() -> None:
    assert "Strict-Transport-Security" not in a_client().get("/page").headers
    assert "Strict-Transport-Security" in a_client(base_url="https://oer.example").get("/page").headers


def test_an_answer_to_a_token_is_not_stored() -> None:
    answer = a_client().get("/document", headers={"Authorization": "Bearer x"})

    assert answer.headers["Cache-Control"] == "no-store"


def test_an_untrusted_host_is_refused() -> None:
    client = a_client(trusted_hosts=("oer.example",))

    assert client.get("/page", headers={"Host": "oer.example"}).status_code == 200
    assert client.get("/page", headers={"Host": "evil.example"}).status_code == 400


def test_any_host_is_served_where_none_is_named() -> None:
    assert a_client().get("/page", headers={"Host": "anything.example"}).status_code == 200
