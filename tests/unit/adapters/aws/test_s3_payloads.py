import pytest

from llm_router.adapters.aws.s3_payloads import S3Payloads
from llm_router.application.errors import PayloadLostError
from tests.support.fake_s3 import FakeS3

INLINE_BYTES = 1024
LARGE = {"text": "x" * INLINE_BYTES}


def test_what_is_too_large_to_travel_goes_by_reference_and_leaves_nothing() -> None:
    s3 = FakeS3()
    payloads = S3Payloads(s3.client(), "b", INLINE_BYTES)
    sealed = payloads.offload(LARGE)
    assert list(sealed) == ["s3_key"]
    assert payloads.resolve(sealed) == LARGE
    payloads.discard(sealed)
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
