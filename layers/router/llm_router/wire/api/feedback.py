"""`POST /v1/feedback`: a user's score of an answer."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from llm_router.application.errors import InvalidRequestError
from llm_router.domain.outcome.ledger import Label
from llm_router.wire.shared.router_object import Json

_REQUEST_ID = r"^\d{8}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


def _required(name: str, json_type: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"type": json_type}}}


class FeedbackBody(BaseModel):
    """A user's score of one answer: `good` or a `score` from 0 to 1."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        json_schema_extra={"oneOf": [_required("good", "boolean"), _required("score", "number")]},
    )

    request_id: str = Field(pattern=_REQUEST_ID)
    good: bool | None = None
    score: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _one_of_both(self) -> "FeedbackBody":
        if (self.good is None) == (self.score is None):
            raise ValueError("give either good or score")
        return self

    @property
    def value(self) -> float:
        """The score, from 0 to 1; `good` counts as 1 and its opposite as 0."""
        return float(bool(self.good)) if self.score is None else self.score


def parse_feedback(raw: str | None) -> FeedbackBody:
    """Parse the body of a feedback request; `InvalidRequestError` names the invalid field."""
    try:
        return FeedbackBody.model_validate_json(raw or "")
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            raise InvalidRequestError("the body is not valid JSON", code="invalid_json") from error
        param = ".".join(str(part) for part in first["loc"]) or "score"
        reason = first["msg"].removeprefix("Value error, ")
        raise InvalidRequestError(f"{param}: {reason}", param=param) from error


def feedback_reply(label: Label) -> Json:
    """The stored score."""
    return {"request_id": label.request_id, "score": label.score}
