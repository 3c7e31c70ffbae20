import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped, unused-ignore]
from openapi_spec_validator import validate
from pydantic import BaseModel

from llm_router.application.errors import AllFailedError, InvalidRequestError, RouterError
from llm_router.wire.anthropic.reply import count_reply, message_reply
from llm_router.wire.api import reply_schemas
from llm_router.wire.api.endpoints import ENDPOINTS, Endpoint
from llm_router.wire.api.feedback import FeedbackBody
from llm_router.wire.api.openapi import ERRORS, document
from llm_router.wire.openai.models import models_reply
from llm_router.wire.openai.reply import chat_reply
from llm_router.wire.openai.request import ChatBody
from llm_router.wire.responses.reasoning_marks import ReasoningMarks
from llm_router.wire.responses.reply import response_reply
from llm_router.wire.responses.request import parse_responses
from llm_router.wire.shared.error_replies import error_reply
from llm_router.wire.shared.router_object import decision_object
from tests.support.fakes import PROVIDERS
from tests.support.policies import POLICY
from tests.support.scripted_routing import (
    CALL,
    ESCALATED,
    REQUEST_ID,
    all_failed,
    outcome,
    scripted,
)

Json = dict[str, Any]
MARKS = ReasoningMarks("lr-key", ())
EXAMPLES = [endpoint for endpoint in ENDPOINTS if endpoint.body]


def conforms(value: Any, name: str) -> None:
    """Raise unless the value, as it travels, is what the document says of it."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    Draft202012Validator(schema).validate(json.loads(json.dumps(value)))


def operations() -> list[tuple[Endpoint, Json]]:
    paths = document()["paths"]
    return [(endpoint, paths[endpoint.path][endpoint.method.lower()]) for endpoint in ENDPOINTS]


def test_the_document_is_valid_openapi() -> None:
    validate(document())


def test_every_operation_says_what_it_returns_and_how_it_fails() -> None:
    for endpoint, operation in operations():
        assert operation["summary"]
        assert "200" in operation["responses"]
        assert ("401" in operation["responses"]) is endpoint.needs_key
        assert ("requestBody" in operation) is bool(endpoint.body)
    names = [operation["operationId"] for _, operation in operations()]
    assert len(set(names)) == len(names)


def test_either_header_is_a_key_and_some_endpoints_need_none() -> None:
    assert document()["security"] == [{"bearer": []}, {"x-api-key": []}]
    public = {endpoint.path for endpoint, operation in operations() if "security" in operation}
    assert public == {"/", "/openapi.json", "/v1/health"}


def test_every_error_that_a_request_can_end_in_is_described() -> None:
    def statuses(kind: type[RouterError]) -> set[int]:
        return {kind.status}.union(*(statuses(each) for each in kind.__subclasses__()))

    assert statuses(RouterError) - {500} <= set(ERRORS)


@pytest.mark.parametrize("endpoint", EXAMPLES, ids=lambda endpoint: str(endpoint.path))
def test_examples_are_requests_that_are_accepted(endpoint: Endpoint) -> None:
    assert endpoint.body
    endpoint.body.model_validate_json(json.dumps(endpoint.example))
    conforms(endpoint.example, endpoint.body.__name__)


@pytest.mark.parametrize(
    ("body", "model"),
    [
        ({"messages": []}, ChatBody),
        ({"model": "auto", "messages": [], "colour": "red"}, ChatBody),
        ({"request_id": REQUEST_ID}, FeedbackBody),
        ({"request_id": REQUEST_ID, "good": True, "score": 1}, FeedbackBody),
        ({"request_id": "../other", "good": True}, FeedbackBody),
    ],
)
def test_what_is_refused_does_not_conform_either(body: Json, model: type[BaseModel]) -> None:
    with pytest.raises(ValidationError):
        conforms(body, model.__name__)


def test_real_replies_are_as_described() -> None:
    answered = scripted(outcome()).routing.answer(CALL)
    conforms(chat_reply(answered), reply_schemas.ChatCompletion.__name__)
    conforms(message_reply(answered), reply_schemas.Message.__name__)
    body = parse_responses('{"model": "auto", "input": "hi"}', POLICY.limits, MARKS)
    conforms(response_reply(answered, body, MARKS), reply_schemas.Response.__name__)
    conforms(count_reply(CALL.conversation), reply_schemas.TokenCount.__name__)
    routed = scripted(ESCALATED).routing.decide(CALL)
    conforms({"router": decision_object(routed)}, reply_schemas.RouteReply.__name__)
    conforms(models_reply(POLICY, PROVIDERS), reply_schemas.ModelList.__name__)


@pytest.mark.parametrize(
    "error",
    [
        InvalidRequestError("no", param="messages.0"),
        AllFailedError("no", outcome=all_failed("timeout", "rate_limited")),
    ],
)
def test_real_errors_are_as_described(error: RouterError) -> None:
    conforms(error_reply(error, "r"), reply_schemas.ErrorReply.__name__)
    told = error_reply(error, "r", "anthropic")
    conforms(told, reply_schemas.AnthropicErrorReply.__name__)


def test_a_body_is_described_under_the_name_of_its_model() -> None:
    assert {ChatBody.__name__, FeedbackBody.__name__} <= set(document()["components"]["schemas"])
