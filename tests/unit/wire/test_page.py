import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from llm_router.wire.api.page import page

Tag = tuple[str, dict[str, str | None]]


class Tags(HTMLParser):
    """Every tag of a document, with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Tag] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def tags() -> list[Tag]:
    return Tags(page().html).found


@pytest.mark.parametrize("kind", ["script", "style"])
def test_the_browser_may_run_exactly_what_the_file_holds(kind: str) -> None:
    html, headers = page()
    (content,) = re.findall(rf"<{kind}[^>]*>(.*?)</{kind}>", html, re.DOTALL)
    digest = b64encode(hashlib.sha256(content.encode()).digest()).decode()
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy[f"{kind}-src"] == f"'sha256-{digest}'"
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline(tags: list[Tag]) -> None:
    for tag, attributes in tags:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href", "action"):
            assert not re.match(r"\w+://|//|/", attributes.get(name) or ""), (tag, attributes)
    assert "@import" not in page().html
    assert "innerHTML" not in page().html


def test_the_key_is_kept_nowhere() -> None:
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|indexedDB", page().html)


def test_every_field_has_a_label(tags: list[Tag]) -> None:
    labelled = {attributes["for"] for tag, attributes in tags if tag == "label"}
    fields = {a["id"] for tag, a in tags if tag in ("input", "select", "textarea")}
    assert fields == labelled
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
