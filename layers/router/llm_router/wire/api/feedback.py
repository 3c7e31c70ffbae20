"""`POST /v1/feedback`: a user's score of an answer."""

from typing import Any

from pydantic import ConfigDict, Field

from llm_router.domain.outcome.ledger import Label
from llm_router.wire.shared.parsing import Strict, field_error, parse
from llm_router.wire.shared.router_object import Json

_REQUEST_ID = r"^\d{8}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


def _required(name: str, json_type: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"type": json_type}}}


class FeedbackBody(Strict):
    """A user's score of one answer: `good` or a `score` from 0 to 1."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [_required("good", "boolean"), _required("score", "number")]}
    )

    request_id: str = Field(pattern=_REQUEST_ID)
    good: bool | None = None
    score: float | None = Field(default=None, ge=0, le=1)

    @property
    def value(self) -> float:
        """The score, from 0 to 1; `good` counts as 1 and its opposite as 0."""
        return float(bool(self.good)) if self.score is None else self.score


def parse_feedback(raw: str | None) -> FeedbackBody:
    """Parse the body of a feedback request; `InvalidRequestError` names the invalid field."""
    body = parse(FeedbackBody, raw)
    if (body.good is None) == (body.score is None):
        raise field_error("score", "give either good or score")
    return body


def feedback_reply(label: Label) -> Json:
    """The stored score."""
    return {"request_id": label.request_id, "score": label.score}
