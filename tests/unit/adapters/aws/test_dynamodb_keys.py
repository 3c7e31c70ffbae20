from typing import Any

import pytest

from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys
from llm_router.application.api_keys import Authorizer, hash_of
from llm_router.application.ports import KeyRecord

ITEM: dict[str, Any] = {
    "key_hash": {"S": "h"}, "key_id": {"S": "k"}, "tenant": {"S": "t"}, "user_tier": {"S": "u"},
    "may_set_user_tier": {"BOOL": False}, "created_at": {"N": "1"},
}  # fmt: skip
RECORD = KeyRecord("k", "t", "u", may_set_user_tier=False, created_at=1)
WRONG: list[Any] = [
    None, [], {}, "S", {"S": None}, {"N": "x"}, {"N": "1E+999999999"}, {"N": "NaN"}, {"NULL": True},
    {"L": []}, {"M": {"a": {"N": "1"}}}, {"M": []}, {"BOOL": "false"}, {"B": b"\xff"},
]  # fmt: skip


class Table:
    """A table with one item, as its client returns it."""

    def __init__(self, item: Any) -> None:
        self.item = item

    def get_item(self, **_: Any) -> Any:
        return {"Item": self.item}

    def get_paginator(self, _: str) -> "Table":
        return self

    def paginate(self, **_: Any) -> Any:
        return [{"Items": [self.item, ITEM]}]


def found(item: Any) -> KeyRecord | None:
    client: Any = Table(item)
    return DynamoDbKeys(client, "table").find("h")


def test_an_item_of_ours_is_read() -> None:
    assert found(ITEM) == RECORD
    assert found({**ITEM, "revoked": {"BOOL": False}, "another": {"S": "field"}}) == RECORD
    assert found({**ITEM, "revoked": {"BOOL": True}}) is None


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize(
    "name", ["key_id", "tenant", "user_tier", "created_at", "expires_at", "aliases", "revoked"]
)
def test_an_item_with_a_field_of_another_shape_is_no_key(name: str, wrong: Any) -> None:
    if (name, wrong) in [("aliases", {"M": {}}), ("user_tier", {"S": ""})]:
        return
    assert found({**ITEM, name: wrong}) is None


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_permission_is_only_given_by_true(wrong: Any) -> None:
    record = found({**ITEM, "may_set_user_tier": wrong})
    assert record is None or record.may_set_user_tier is False


@pytest.mark.parametrize("gone", [name for name in ITEM if name != "key_hash"])
def test_an_item_without_a_field_is_no_key_and_does_not_hide_the_others(gone: str) -> None:
    client: Any = Table({name: value for name, value in ITEM.items() if name != gone})
    keys = DynamoDbKeys(client, "table")
    assert keys.find("h") is None
    assert list(keys.all()) == [("h", RECORD, False)]


@pytest.mark.parametrize(
    "headers",
    [{"authorization": None}, {"x-api-key": None}, {"x-api-key": "\ud83d"}, {"authorization": ""}],
)
def test_headers_of_any_shape_identify_nobody(headers: Any) -> None:
    client: Any = Table(None)
    assert Authorizer(DynamoDbKeys(client, "table"), lambda: 1).identify(headers) is None


def test_half_a_surrogate_pair_has_a_hash_too() -> None:
    assert len(hash_of("\ud83d")) == 64
