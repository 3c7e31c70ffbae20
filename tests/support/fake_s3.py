"""S3 in a dictionary, with the conditional writes and deletions that the adapters need."""

import hashlib
import io
import threading
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError


class FakeS3:
    """One bucket, as its roles see it; `client()` is it as the typed client.

    The roles may list only some prefixes, which a read does not name: S3 denies them a missing
    object, whether it is there or not. Operations in `denied` are denied for every object. Pages
    hold two keys, to show paging.
    """

    def __init__(
        self, objects: Mapping[str, bytes] | None = None, denied: Collection[str] = ()
    ) -> None:
        self.objects = dict(objects or {})
        self.denied = set(denied)
        self.missing = "AccessDenied"
        """The answer for a missing object; `NoSuchKey` where the whole bucket may be listed."""
        self.read: list[str] = []
        """The keys that were asked for."""
        self._lock = threading.RLock()

    def client(self) -> Any:
        return self

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        self.read.append(Key)
        body = self._found(Key, "GetObject")
        return {"Body": io.BytesIO(body), "ETag": _etag(body)}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        return {"ETag": _etag(self._found(Key, "HeadObject"))}

    def put_object(
        self, *, Bucket: str, Key: str, Body: bytes, IfMatch: str = "", IfNoneMatch: str = ""
    ) -> dict[str, Any]:
        with self._lock:
            there = self.objects.get(Key)
            if (IfNoneMatch and there is not None) or (
                IfMatch and (there is None or _etag(there) != IfMatch)
            ):
                raise _error("PreconditionFailed", "PutObject")
            self.objects[Key] = Body
        return {"ETag": _etag(Body)}

    def delete_object(self, *, Bucket: str, Key: str, IfMatch: str = "") -> None:
        if "DeleteObject" in self.denied:
            raise _error("AccessDenied", "DeleteObject")
        with self._lock:
            if IfMatch and _etag(self._found(Key, "DeleteObject")) != IfMatch:
                raise _error("PreconditionFailed", "DeleteObject")
            self.objects.pop(Key, None)

    def _found(self, key: str, operation: str) -> bytes:
        if operation in self.denied:
            raise _error("AccessDenied", operation)
        if key not in self.objects:
            raise _error(self.missing, operation)
        return self.objects[key]

    def list_objects_v2(self, *, Bucket: str, Prefix: str, MaxKeys: int = 1000) -> dict[str, Any]:
        keys = sorted(key for key in list(self.objects) if key.startswith(Prefix))[:MaxKeys]
        return {"Contents": [{"Key": key} for key in keys]} if keys else {}

    def get_paginator(self, operation: str) -> "FakeS3":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        keys = sorted(key for key in list(self.objects) if key.startswith(Prefix))
        for start in range(0, len(keys), 2):
            yield {"Contents": [{"Key": key} for key in keys[start : start + 2]]}
        if not keys:
            yield {}


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()}"'


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)
