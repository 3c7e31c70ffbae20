"""Image addresses that are public `https:` URLs, and those that are not."""

import json
from typing import Any

import pytest

from llm_router.application.errors import InvalidRequestError
from llm_router.wire.anthropic.request import parse_messages
from llm_router.wire.openai.request import parse_chat
from llm_router.wire.shared.image_addresses import public_url
from tests.support.policies import POLICY

PUBLIC = [
    "https://example.com/a.png",
    "HTTPS://Example.COM/a.png",
    "https://example.com:443/a.png?x=1#f",
    "https://bücher.example.org/ä.png",
    "https://8.8.8.8/a.png",
    "https://[2606:4700::1111]/a.png",
    "https://my_bucket.s3.amazonaws.com/a%20b.png",
    "https://example.com./a.png",
    "https://a.b/c.png",
    "https://xn--bcher-kva.de/x",
    "https://1password.com/x",
    "https://fcm.googleapis.com/x",
    "https://deadbeef.cafe/x",
    "https://10.example.com/x",
    "https://example.com:/x",
    "https://cdn.example.net/x",
    "https://8.8.8.8.nip.io/x",
    "https://app-8-8-8-8.sslip.io/x",
    "https://10-0-0-1.example.com/x",
    "https://svc.example.com/x",
    "https://docker.com/x",
    "https://lvh.me.example.com/x",
    "https://notlvh.me/x",
    "https://192.88.100.1/x",
    "https://[2a00:1450::1]/x",
]
OTHERS = [
    "http://example.com/a.png",
    "http://169.254.169.254/",
    "https://169.254.169.254/latest",
    "https://127.0.0.1:9001/",
    "https://10.0.0.1/x",
    "https://192.168.1.1/",
    "https://172.16.0.9/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://0177.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[::]/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://x.localhost/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://redis/",
    "https://user:pw@example.com/",
    "https://user@example.com/",
    "https://example.com@127.0.0.1/",
    "https:///a.png",
    "https:example.com/a",
    "https://",
    "https://exa mple.com/",
    "https://127.0.0.1\\@example.com/",
    "https://１２７.0.0.1/",
    "https://127。0。0。1/",
    "https://ⓛocalhost/",
    "https://%31%32%37.0.0.1/",
    "https://example.com:99999/",
    "https://example.com:x/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "//example.com/a",
    "example.com/a",
    "gopher://x.y/",
    "https://example..com/",
    "https://.com/",
    "https://[::1/",
    "https://example.com/\n",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://x.svc.cluster.local/",
    "https://1.1.1.1.1/",
    "",
    "https://256.1.1.1/",
    "https://[v1.x]/",
    "https://[2001:db8::1]/",
    "https://192.0.2.1/",
    "https://[::ffff:0:7f00:1]/",
    "https://[::7f00:1]/",
    "https://08.8.8.8/",
    "javascript:alert(1)",
    "https://exa\tmple.com/",
    "https://[fec0::1]/",
    "https://redis.default.svc/",
    "https://x.svc.cluster/",
    "https://host.docker/",
    "https://host.docker.internal/",
    "https://www.example/",
    "https://fritz.box/",
    "https://nas.fritz.box/",
    "https://nas.home.arpa/",
    "https://www.test/",
    "https://www.invalid/",
    "https://[3fff::1]/",
    "https://[3fff:fff::1]/",
    "https://192.88.99.1/",
    "https://127.0.0.1.nip.io/",
    "https://app.10-0-0-1.NIP.io./",
    "https://a-192-168-1-1-b.sslip.io/",
    "https://169.254.169.254.xip.io/",
    "https://7f000001.nip.io/",
    "https://999.0.0.1.nip.io/",
    "https://--1.sslip.io/",
    "https://localtest.me/",
    "https://a.localtest.me/",
    "https://lvh.me/",
    "https://a.b.lvh.me/",
    "https://example.com:8443/a.png",
    "https://example.com:80/a.png",
    "https://example.com:0/a.png",
    "https://8.8.8.8:22/",
    "https://[2606:4700::1111]:6379/",
    "https://[::127.0.0.1]/",
    f"https://example.com/{'a' * 9_000}",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_url_is_taken_as_it_is(url: str) -> None:
    assert public_url(url) == url


@pytest.mark.parametrize("url", OTHERS)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        public_url(url)


def test_a_port_is_named_as_the_reason() -> None:
    with pytest.raises(ValueError, match="no port but 443"):
        public_url("https://example.com:8443/a.png")


def openais(url: str) -> Any:
    parts = [{"type": "image_url", "image_url": {"url": url}}]
    body = {"model": "auto", "messages": [{"role": "user", "content": parts}]}
    return parse_chat(json.dumps(body), POLICY.limits)


def anthropics(url: str) -> Any:
    block = {"type": "image", "source": {"type": "url", "url": url}}
    return _messages([block])


def anthropics_result(url: str) -> Any:
    block = {"type": "image", "source": {"type": "url", "url": url}}
    return _messages([{"type": "tool_result", "tool_use_id": "c", "content": [block]}])


def _messages(content: list[Any]) -> Any:
    called = {"type": "tool_use", "id": "c", "name": "f", "input": {}}
    turns = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [called]},
        {"role": "user", "content": content},
    ]
    body = {"model": "auto", "max_tokens": 9, "messages": turns}
    return parse_messages(json.dumps(body), POLICY.limits)


@pytest.mark.parametrize(
    ("read", "param"),
    [
        (openais, "messages.0.content.0.image_url.url"),
        (anthropics, "messages.2.content.0.source.url"),
        (anthropics_result, "messages.2.content.0.content.0.source.url"),
    ],
)
def test_both_formats_refuse_it_by_the_fields_name(read: Any, param: str) -> None:
    assert read("https://example.com/a.png").conversation.images == 1
    for url in ("https://169.254.169.254/latest/meta-data", "http://example.com/a.png"):
        with pytest.raises(InvalidRequestError) as refused:
            read(url)
        assert refused.value.param == param
