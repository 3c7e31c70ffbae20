import io
import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from llm_router.adapters.aws.s3_ledger import S3Ledger
from llm_router.application.errors import (
    AllFailedError,
    InvalidRequestError,
    LedgersDownError,
    UnknownRequestError,
)
from llm_router.application.feedback import FeedbackService
from llm_router.domain.outcome.ledger import Label
from llm_router.wire.api.feedback import parse_feedback
from tests.support.fake_s3 import FakeS3
from tests.support.scripted_routing import CALL, NOW, REQUEST_ID, outcome, scripted


@pytest.mark.parametrize(
    ("word", "score"), [({"good": True}, 1.0), ({"good": False}, 0.0), ({"score": 0.3}, 0.3)]
)
def test_a_word_is_understood_as_a_score(word: dict[str, object], score: float) -> None:
    assert parse_feedback(json.dumps({"request_id": REQUEST_ID, **word})).value == score


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"request_id": REQUEST_ID}, "score"),
        ({"request_id": REQUEST_ID, "good": True, "score": 1}, "score"),
        ({"request_id": REQUEST_ID, "score": 1.5}, "score"),
        ({"request_id": REQUEST_ID, "good": "yes"}, "good"),
        ({"request_id": "../other", "good": True}, "request_id"),
        ({"good": True}, "request_id"),
        ({"request_id": REQUEST_ID, "good": True, "text": "x"}, "text"),
    ],
)
def test_a_word_that_is_wrong_names_the_field(body: dict[str, object], param: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        parse_feedback(json.dumps(body))
    assert refused.value.param == param


@pytest.mark.parametrize("raw", [None, "", "{", "[]"])
def test_a_word_that_is_no_json_object_is_refused(raw: str | None) -> None:
    with pytest.raises(InvalidRequestError):
        parse_feedback(raw)


def test_every_request_is_kept_without_a_text_and_can_be_labelled_by_its_tenant() -> None:
    here = scripted(outcome())
    here.routing.answer(replace(CALL, request_id=REQUEST_ID))
    kept = here.archive.records[REQUEST_ID]
    assert (kept.tenant, kept.status, kept.answered_by) == ("t", "answered", "small-a")
    assert "France" not in kept.model_dump_json()
    assert "Paris" not in kept.model_dump_json()
    labelling = FeedbackService(here.archive, lambda: NOW)
    assert labelling.label(REQUEST_ID, "t", 0.0).score == 0.0
    assert here.archive.labels[REQUEST_ID].labelled_epoch_ms == NOW
    with pytest.raises(UnknownRequestError):
        labelling.label(REQUEST_ID, "another tenant", 1.0)
    with pytest.raises(UnknownRequestError):
        labelling.label("20261125-x", "t", 1.0)


def test_a_kept_ledger_is_found_again_whatever_it_lacks() -> None:
    here = scripted(outcome(confidence=None, answer=None, status="failed", answered_by=None))
    with pytest.raises(AllFailedError):
        here.routing.answer(replace(CALL, request_id=REQUEST_ID))
    client: Any = OneObject()
    archive = S3Ledger(client, "ledgers")
    archive.keep(here.archive.records[REQUEST_ID])
    assert client.key == f"ledger/20261125/{REQUEST_ID}.json"
    assert archive.find(REQUEST_ID) == here.archive.records[REQUEST_ID]


class OneObject:
    """An S3 client that holds what was put last."""

    key = ""
    body = b""

    def put_object(self, **given: Any) -> None:
        self.key, self.body = given["Key"], given["Body"]

    def get_object(self, **_: Any) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.body)}


@pytest.mark.parametrize(("missing", "logged"), [("NoSuchKey", False), ("AccessDenied", True)])
def test_a_ledger_that_is_not_there_is_none_and_a_denial_is_logged(
    missing: str, logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """The role may not list the bucket, so a denial may also mean that it may read nothing."""
    s3 = FakeS3()
    s3.missing = missing
    assert S3Ledger(s3.client(), "b").find(REQUEST_ID) is None
    assert ("ledger not found" in caplog.text) is logged


@pytest.mark.parametrize(
    "error",
    [ReadTimeoutError(endpoint_url="s3"), EndpointConnectionError(endpoint_url="s3")],
    ids=lambda error: type(error).__name__,
)
def test_an_s3_that_does_not_answer_is_a_503_to_ask_again(error: Exception) -> None:
    class Silent:
        def get_object(self, **_: Any) -> None:
            raise error

        put_object = get_object

    client: Any = Silent()
    archive = S3Ledger(client, "b")
    label = Label(request_id=REQUEST_ID, tenant="t", score=1, labelled_epoch_ms=1)
    for call in (lambda: archive.find(REQUEST_ID), lambda: archive.label(label)):
        with pytest.raises(LedgersDownError) as down:
            call()
        assert (down.value.status, down.value.retry_after_ms) == (503, 1_000)
