"""Addresses of pictures: public `https:` URLs, which a provider may fetch, judged by text alone."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

_LONGEST = 8_192
_NOT_IN_A_URL = re.compile(r"[\s\\\x00-\x1f\x7f]")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")
_PRIVATE_ENDINGS = frozenset(
    {"localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan",
     "arpa", "test", "invalid", "onion", "example", "svc", "cluster", "docker"}
)  # fmt: skip
"""Last labels of names that no public name server knows."""
_PRIVATE_NAMES = re.compile(r"(.+\.)?(fritz\.box|localtest\.me|lvh\.me)")
_SPELT_ADDRESS = re.compile(r"(?<![0-9])\d{1,3}([.-])\d{1,3}\1\d{1,3}\1\d{1,3}(?![0-9])")
_SPELT_HEX = re.compile(r"(?<![a-z0-9])[0-9a-f]{8}(?![a-z0-9])")
_SPELLING_SERVICES = (".nip.io", ".sslip.io", ".xip.io")
"""Their names lead to the address that stands in them."""
_UNICAST = IPv6Network("2000::/3")
"""The public IPv6 addresses; outside it lie those that wrap an IPv4 address."""
_DOCUMENTATION_V6 = IPv6Network("3fff::/20")
_RELAYS = IPv4Network("192.88.99.0/24")


def public_url(url: str) -> str:
    """Return a public `https:` URL; raises `ValueError` for any other.

    No name is resolved: a public name may still lead to a private address.
    """
    if len(url) > _LONGEST:
        raise ValueError(f"a URL of {len(url)} characters is too long: {_LONGEST} at most")
    if _NOT_IN_A_URL.search(url):
        raise ValueError("a URL holds no spaces, backslashes or control characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        is_public = bool(host) and _is_public(host or "", in_brackets="[" in parts.netloc)
    except ValueError as error:
        raise ValueError("not a URL") from error
    if parts.scheme != "https":
        raise ValueError("neither an https: URL nor a data: URL")
    if "@" in parts.netloc:
        raise ValueError("a URL must not hold a user name or a password")
    if port not in (None, 443):
        raise ValueError("a public URL has no port but 443")
    if not is_public:
        raise ValueError("not the https: URL of a public host")
    return url


def _is_public(host: str, *, in_brackets: bool) -> bool:
    if in_brackets:
        return _is_public_v6(IPv6Address(host))
    name = host.encode("idna").decode().lower().removesuffix(".")
    last = name.rpartition(".")[2]
    if _NUMBER.fullmatch(last):
        # Browsers take 0x7f.1 and 2130706433 for an address, too.
        return _is_public_v4(IPv4Address(name))
    if last in _PRIVATE_ENDINGS or _PRIVATE_NAMES.fullmatch(name):
        return False
    return bool(_NAME.fullmatch(name)) and not (
        name.endswith(_SPELLING_SERVICES) and _spells_a_private_address(name)
    )


def _spells_a_private_address(name: str) -> bool:
    """True if the name holds a private or wrong IPv4 address, or no address that can be read."""
    spelt = [match[0].replace("-", ".") for match in _SPELT_ADDRESS.finditer(name)]
    spelt += [str(IPv4Address(int(match[0], 16))) for match in _SPELT_HEX.finditer(name)]
    return not spelt or not all(_is_public_v4(IPv4Address(address)) for address in spelt)


def _is_public_v4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and address not in _RELAYS


def _is_public_v6(address: IPv6Address) -> bool:
    tunnels = address.sixtofour or address.teredo
    return (
        address in _UNICAST
        and address.is_global
        and not tunnels
        and address not in _DOCUMENTATION_V6
    )
