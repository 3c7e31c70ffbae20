import threading
from typing import Any

import pytest

from llm_router.adapters.aws.s3_payloads import S3Payloads
from llm_router.application.errors import PayloadLostError
from tests.support.fake_s3 import FakeS3

INLINE_BYTES = 1024
LARGE = {"text": "x" * INLINE_BYTES}


class SlowS3(FakeS3):
    """Deletes an object only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_delete, self.deleted = threading.Event(), threading.Event()

    def delete_object(self, **place: Any) -> None:
        self.may_delete.wait(30)
        super().delete_object(**place)
        self.deleted.set()


def test_no_caller_waits_for_a_deletion() -> None:
    s3 = SlowS3()
    payloads = S3Payloads(s3.client(), "b", INLINE_BYTES)
    payloads.discard(payloads.offload(LARGE))
    assert s3.objects
    s3.may_delete.set()
    assert s3.deleted.wait(30)
    assert s3.objects == {}


def test_what_is_too_large_to_travel_goes_by_reference_and_leaves_nothing() -> None:
    s3 = SlowS3()
    s3.may_delete.set()
    payloads = S3Payloads(s3.client(), "b", INLINE_BYTES)
    sealed = payloads.offload(LARGE)
    assert list(sealed) == ["s3_key"]
    assert payloads.resolve(sealed) == LARGE
    payloads.discard(sealed)
    s3.deleted.wait(30)
    assert s3.objects == {}
    assert payloads.offload({"text": "x"}) == {"inline": {"text": "x"}}


@pytest.mark.parametrize("left", [None, b"no JSON"])
def test_what_cannot_be_fetched_is_said_to_be_lost(
    left: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    s3 = FakeS3()
    payloads = S3Payloads(s3.client(), "b", INLINE_BYTES)
    sealed = payloads.offload(LARGE)
    s3.objects = {} if left is None else dict.fromkeys(s3.objects, left)
    with pytest.raises(PayloadLostError):
        payloads.resolve(sealed)
    assert "payload not fetched" in caplog.text
