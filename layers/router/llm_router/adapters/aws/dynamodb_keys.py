"""API key records in a DynamoDB table, by hash."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from llm_router.application.ports import KeyRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_FRESH_SECONDS = 60
_CACHED_KEYS = 10_000

logger = Logger(child=True)


class DynamoDbKeys:
    """Looks up keys and caches them for 60 s: a revoked key may be accepted for that long."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._cached: dict[str, tuple[float, KeyRecord]] = {}

    def find(self, key_hash: str) -> KeyRecord | None:
        """The record of a key; None if it is unknown, revoked or cannot be read."""
        cached = self._cached.get(key_hash)
        if cached and 0 <= time.time() - cached[0] < _FRESH_SECONDS:
            return cached[1]
        item = self._client.get_item(TableName=self._table, Key={"key_hash": {"S": key_hash}}).get(
            "Item"
        )
        record = _record(item) if item and not _is_revoked(item) else None
        if record is None:
            self._cached.pop(key_hash, None)
            return None
        if len(self._cached) >= _CACHED_KEYS:
            self._cached.clear()
        self._cached[key_hash] = (time.time(), record)
        return record

    def add(self, key_hash: str, record: KeyRecord) -> None:
        """Store a new key."""
        item: dict[str, Any] = {
            "key_hash": {"S": key_hash},
            "key_id": {"S": record.key_id},
            "tenant": {"S": record.tenant},
            "user_tier": {"S": record.user_tier},
            "may_set_user_tier": {"BOOL": record.may_set_user_tier},
            "created_at": {"N": str(record.created_at)},
        }
        if record.aliases:
            item["aliases"] = _aliases(record.aliases)
        if record.expires_at is not None:
            item["expires_at"] = {"N": str(record.expires_at)}
        self._client.put_item(
            TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(key_hash)"
        )

    def all(self) -> Iterator[tuple[str, KeyRecord, bool]]:
        """Every key that can be read as (hash, record, revoked)."""
        for page in self._client.get_paginator("scan").paginate(TableName=self._table):
            for item in page["Items"]:
                if record := _record(item):
                    yield item["key_hash"]["S"], record, _is_revoked(item)

    def set_aliases(self, key_hash: str, aliases: Mapping[str, str]) -> None:
        """Replace the key's aliases."""
        self._client.update_item(
            TableName=self._table,
            Key={"key_hash": {"S": key_hash}},
            UpdateExpression="SET aliases = :aliases",
            ConditionExpression="attribute_exists(key_hash)",
            ExpressionAttributeValues={":aliases": _aliases(aliases)},
        )

    def revoke(self, key_hash: str) -> None:
        """Mark the key as revoked."""
        self._client.update_item(
            TableName=self._table,
            Key={"key_hash": {"S": key_hash}},
            UpdateExpression="SET revoked = :true",
            ConditionExpression="attribute_exists(key_hash)",
            ExpressionAttributeValues={":true": {"BOOL": True}},
        )


def _aliases(aliases: Mapping[str, str]) -> Any:
    return {"M": {name: {"S": target} for name, target in aliases.items()}}


def _is_revoked(item: dict[str, Any]) -> bool:
    """True unless there is no such mark: a mark of another type revokes too."""
    return item.get("revoked", {"BOOL": False}) != {"BOOL": False}


def _record(item: dict[str, Any]) -> KeyRecord | None:
    """The record in an item; None if it is not one of ours, which is logged."""
    try:
        return KeyRecord(
            key_id=_text(item["key_id"]),
            tenant=_text(item["tenant"]),
            user_tier=_text(item["user_tier"]),
            may_set_user_tier=item["may_set_user_tier"]["BOOL"] is True,
            created_at=_whole(item["created_at"]),
            expires_at=_whole(item["expires_at"]) if "expires_at" in item else None,
            aliases={
                name: _text(target) for name, target in item.get("aliases", {"M": {}})["M"].items()
            },
        )
    except (LookupError, TypeError, AttributeError, ValueError, OverflowError) as error:
        logger.error("key record not readable", reason=type(error).__name__)
        return None


def _text(attribute: Any) -> str:
    if not isinstance(attribute["S"], str):
        raise TypeError("not a text")
    return str(attribute["S"])


def _whole(attribute: Any) -> int:
    # An integer of so many digits as an exponent may ask for would take for ever to make.
    return int(float(attribute["N"]))
