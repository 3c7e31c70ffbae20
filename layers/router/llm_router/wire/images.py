"""Addresses of pictures, as both vendors take them."""

import re

_WEB = re.compile(r"https?://\S+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")


def image_url(url: str) -> str:
    """The address, if it is one on the web or a picture in base64; else a `ValueError`."""
    if _WEB.fullmatch(url):
        return url
    data = "".join(url.split())
    if _DATA.fullmatch(data):
        return data
    raise ValueError(
        "neither an https: URL nor data:image/<png, jpeg, gif or webp>;base64,<the picture>"
    )


def base64_text(data: str) -> str:
    """The text without its line breaks, if it is base64; else a `ValueError`."""
    joined = "".join(data.split())
    if _BASE64.fullmatch(joined):
        return joined
    raise ValueError("not base64")
