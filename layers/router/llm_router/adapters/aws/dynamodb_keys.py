"""API key records in a DynamoDB table, by hash."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from llm_router.application.ports import KeyRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_FRESH_SECONDS = 60
_CACHED_KEYS = 10_000


class DynamoDbKeys:
    """Looks up keys and caches them for 60 s: a revoked key may be accepted for that long."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._cached: dict[str, tuple[float, KeyRecord]] = {}

    def find(self, key_hash: str) -> KeyRecord | None:
        """The record of a key; None if it is unknown or revoked."""
        cached = self._cached.get(key_hash)
        if cached and 0 <= time.time() - cached[0] < _FRESH_SECONDS:
            return cached[1]
        item = self._client.get_item(TableName=self._table, Key={"key_hash": {"S": key_hash}}).get(
            "Item"
        )
        if not item or item.get("revoked", {}).get("BOOL"):
            self._cached.pop(key_hash, None)
            return None
        record = _record(item)
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
        """Every key as (hash, record, revoked)."""
        for page in self._client.get_paginator("scan").paginate(TableName=self._table):
            for item in page["Items"]:
                revoked = bool(item.get("revoked", {}).get("BOOL"))
                yield item["key_hash"]["S"], _record(item), revoked

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


def _record(item: dict[str, Any]) -> KeyRecord:
    expires = item.get("expires_at", {}).get("N")
    return KeyRecord(
        key_id=item["key_id"]["S"],
        tenant=item["tenant"]["S"],
        user_tier=item["user_tier"]["S"],
        may_set_user_tier=bool(item["may_set_user_tier"]["BOOL"]),
        created_at=int(item["created_at"]["N"]),
        expires_at=int(expires) if expires else None,
        aliases={
            name: target["S"] for name, target in item.get("aliases", {}).get("M", {}).items()
        },
    )
