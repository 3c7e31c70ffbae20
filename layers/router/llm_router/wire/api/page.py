"""`GET /`: one HTML file that asks the router and shows what it did."""

import hashlib
import re
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_INLINE = re.compile(r"<(style|script)[^>]*>(.*?)</\1>", re.DOTALL)


class Page(NamedTuple):
    """The file and the headers that hold it to what it says it does."""

    html: str
    headers: dict[str, str]


@cache
def page() -> Page:
    """The page; a browser runs no script but its own and reaches no origin but its own."""
    html = (files(__package__) / "page.html").read_text(encoding="utf-8")
    hashes = {kind: _hash(content) for kind, content in _INLINE.findall(html)}
    policy = {
        "default-src": "'none'",
        "script-src": hashes["script"],
        "style-src": hashes["style"],
        "img-src": "data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    return Page(html, headers)


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"
