"""S3 in a dictionary, with the conditional writes that a running total needs."""

import hashlib
import io
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError


class FakeS3:
    """One bucket; `client()` is it as the typed client. Pages hold two keys, to show paging."""

    def __init__(self, objects: Mapping[str, bytes] | None = None) -> None:
        self.objects = dict(objects or {})
        self.refuses_deletion = False

    def client(self) -> Any:
        return self

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise _error("NoSuchKey", "GetObject")
        body = self.objects[Key]
        return {"Body": io.BytesIO(body), "ETag": _etag(body)}

    def put_object(
        self, *, Bucket: str, Key: str, Body: bytes, IfMatch: str = "", IfNoneMatch: str = ""
    ) -> dict[str, Any]:
        there = self.objects.get(Key)
        if (IfNoneMatch and there is not None) or (
            IfMatch and (there is None or _etag(there) != IfMatch)
        ):
            raise _error("PreconditionFailed", "PutObject")
        self.objects[Key] = Body
        return {"ETag": _etag(Body)}

    def delete_object(self, *, Bucket: str, Key: str) -> None:
        if self.refuses_deletion:
            raise _error("AccessDenied", "DeleteObject")
        self.objects.pop(Key, None)

    def list_objects_v2(self, *, Bucket: str, Prefix: str, MaxKeys: int = 1000) -> dict[str, Any]:
        keys = sorted(key for key in self.objects if key.startswith(Prefix))[:MaxKeys]
        return {"Contents": [{"Key": key} for key in keys]} if keys else {}

    def get_paginator(self, operation: str) -> "FakeS3":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        keys = sorted(key for key in self.objects if key.startswith(Prefix))
        for start in range(0, len(keys), 2):
            yield {"Contents": [{"Key": key} for key in keys[start : start + 2]]}
        if not keys:
            yield {}


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()}"'


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)
