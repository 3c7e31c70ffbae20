"""Reads a period's ledgers, labels and shadow checks from the ledger bucket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from llm_router.domain.outcome.ledger import Label, LedgerRecord
from llm_router.domain.shadow_check import ShadowResult, ShadowSpend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mypy_boto3_s3 import S3Client

AT_ONCE = 16
Kept = TypeVar("Kept", bound=BaseModel)


@dataclass(frozen=True)
class Traffic:
    """Records of the requests received from `since` to `until`, in the order of their ids.

    Labels and shadow results belong to these requests. `unreadable` counts objects that are broken
    or of another version; `unmatched` counts labels and results without a record in the period.
    """

    since: datetime
    until: datetime
    records: list[LedgerRecord]
    labels: list[Label]
    results: list[ShadowResult]
    spends: list[ShadowSpend]
    unreadable: int
    unmatched: int


def read_traffic(
    client: S3Client,
    bucket: str,
    since: datetime,
    until: datetime,
    done: Callable[[], None] = lambda: None,
) -> Traffic:
    """Read the traffic from `since` to `until`; `done` is called after each object."""
    reading = _Reading(client, bucket, done)
    days = [f"{day:%Y%m%d}" for day in _days(since, until)]
    first, last = (int(moment.timestamp() * 1000) for moment in (since, until))
    records = [
        record
        for record in reading.all(LedgerRecord, [f"ledger/{day}/" for day in days])
        if first <= record.received_epoch_ms < last
    ]
    known = {record.request_id for record in records}
    labels = reading.all(Label, [f"labels/{day}/" for day in days])
    results = reading.all(ShadowResult, [f"shadow-results/{day}/" for day in days])
    spends = reading.all(ShadowSpend, [f"shadow-results/spend/{day}.json" for day in days])
    matched_labels = [label for label in labels if label.request_id in known]
    matched_results = [result for result in results if result.request_id in known]
    matched = len(matched_labels) + len(matched_results)
    return Traffic(
        since=since,
        until=until,
        records=sorted(records, key=lambda r: r.request_id),
        labels=sorted(matched_labels, key=lambda r: r.request_id),
        results=sorted(matched_results, key=lambda r: r.request_id),
        spends=spends,
        unreadable=reading.unreadable,
        unmatched=len(labels) + len(results) - matched,
    )


class _Reading:
    """Reads objects, several at a time, and counts those that cannot be used."""

    def __init__(self, client: S3Client, bucket: str, done: Callable[[], None]) -> None:
        self._client = client
        self._bucket = bucket
        self._done = done
        self.unreadable = 0

    def all(self, model: type[Kept], prefixes: Iterable[str]) -> list[Kept]:
        """Every object under the prefixes that fits the model; others count as unreadable."""
        keys = [key for prefix in prefixes for key in self._keys(prefix)]
        kept: list[Kept] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for body in pool.map(self._body, keys):
                self._done()
                try:
                    kept.append(model.model_validate_json(body))
                except ValidationError:
                    self.unreadable += 1
        return kept

    def _keys(self, prefix: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
            yield from (found["Key"] for found in page.get("Contents", []))

    def _body(self, key: str) -> bytes:
        return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()


def _days(since: datetime, until: datetime) -> Iterator[datetime]:
    day = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= until:
        yield day
        day += timedelta(days=1)
