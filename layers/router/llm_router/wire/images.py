"""Addresses of pictures, as both vendors take them."""

import re

_WEB = re.compile(r"https?://\S+")
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/\s]+={0,2}\s*")
MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def image_url(url: str) -> str:
    """The address, if it is one on the web or a picture in base64; else a `ValueError`."""
    if _WEB.fullmatch(url) or _DATA.fullmatch(url):
        return url
    raise ValueError(
        f"neither an https: URL nor data:<type>;base64,… with one of {', '.join(MEDIA_TYPES)}"
    )
