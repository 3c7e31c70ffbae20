import pytest

from llm_router.application.api_keys import Authorizer, hash_of, key_from_headers, new_key
from llm_router.application.ports import KeyRecord
from tests.support.fakes import DictKeys

KEY = new_key()


def record(expires_at: int | None = None) -> KeyRecord:
    return KeyRecord("key-1", "tenant", "free", False, 0, expires_at)


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"Authorization": "Bearer abc"}, "abc"),
        ({"authorization": "bearer abc"}, "abc"),
        ({"X-Api-Key": "abc"}, "abc"),
        ({"Authorization": "Basic abc", "x-api-key": "def"}, "def"),
        ({"Authorization": "Bearer "}, None),
        ({"x-api-key": " "}, None),
        ({}, None),
    ],
)
def test_both_clients_ways_to_send_a_key_are_read(headers: dict[str, str], key: str | None) -> None:
    assert key_from_headers(headers) == key


def test_a_known_key_is_identified_until_it_expires() -> None:
    def identify(expires_at: int | None) -> KeyRecord | None:
        keys = DictKeys({hash_of(KEY): record(expires_at)})
        return Authorizer(keys, lambda: 100).identify({"x-api-key": KEY})

    assert identify(None) == record()
    assert identify(101) == record(101)
    assert identify(100) is None
    assert identify(0) is None


def test_an_unknown_key_is_nobody() -> None:
    use_case = Authorizer(DictKeys({hash_of(KEY): record()}), lambda: 100)
    assert use_case.identify({"x-api-key": new_key()}) is None
    assert use_case.identify({}) is None


def test_keys_are_long_and_never_the_same() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(key.startswith("lr-") and len(key) >= 40 for key in keys)
