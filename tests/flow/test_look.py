"""The files of the look, and pages that caches may keep."""

import gzip
import re

from tests.support.api import Api


def test_style_icons_and_font_are_kept_for_ever_and_packed(api: Api) -> None:
    home = api.anybody.get("/").get_data(as_text=True)
    paths = set(re.findall(r"/look/[\w.-]+", home))

    assert {path.rpartition(".")[2] for path in paths} >= {"css", "svg"}
    for path in paths:
        plain, packed = api.anybody.get(path), api.anybody.get(path, headers={"Accept-Encoding": "gzip"})
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data)
    assert api.anybody.get("/look/site.000000000000.css").status_code == 404


def test_a_page_for_everybody_is_packed_named_and_asked_for_again(api: Api) -> None:
    plain = api.anybody.get("/about")
    packed = api.anybody.get("/about", headers={"Accept-Encoding": "gzip"})
    again = api.anybody.get("/about", headers={"If-None-Match": plain.headers["ETag"]})

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert (again.status_code, again.data) == (304, b"")
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Set-Cookie" not in plain.headers


def test_a_page_that_sets_a_cookie_or_comes_with_one_is_not_for_caches(api: Api) -> None:
    chosen = api.anybody.get("/about?lang=fr", headers={"Accept-Encoding": "gzip"})
    api.anybody.client.set_cookie("session", "1")
    known = api.anybody.get("/about", headers={"Accept-Encoding": "gzip"})

    assert known.headers["Cache-Control"] == "private, no-store"
    for page in (chosen, known):
        assert "ETag" not in page.headers
        assert "Content-Encoding" not in page.headers
