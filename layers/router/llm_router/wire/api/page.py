"""`GET /`: one HTML file that sends requests to the router and shows how it routed them."""

import hashlib
import re
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_INLINE = re.compile(r"<(style|script)[^>]*>(.*?)</\1>", re.DOTALL)


class Page(NamedTuple):
    """The HTML file and its security headers."""

    html: str
    headers: dict[str, str]


@cache
def page() -> Page:
    """Load the page; its headers allow no other script and no other origin than its own."""
    html = (files(__package__) / "page.html").read_text(encoding="utf-8")
    hashes = {tag: _hash(content) for tag, content in _INLINE.findall(html)}
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
