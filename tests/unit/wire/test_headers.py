from dataclasses import replace

import pytest

from llm_router.application.errors import AllFailedError, InvalidRequestError
from llm_router.application.route.request import Routed
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.tiers import Tier
from llm_router.wire.shared.headers import ROUTER_HEADERS, error_headers, routed_headers
from tests.support.scripted_routing import CALL, ESCALATED, all_failed, scripted


def test_an_answers_headers_say_who_answered_why_and_for_how_much() -> None:
    answered = scripted(ESCALATED.model_copy(update={"answered_by": "middle-a"})).routing
    headers = routed_headers(answered.answer(CALL))
    assert set(headers) == set(ROUTER_HEADERS)
    assert float(headers.pop("x-router-saved-usd")) > 0
    assert headers == {
        "x-router-model": "middle-a",
        "x-router-tier": "simple",
        "x-router-strategy": "local_classifier",
        "x-router-cost-usd": "0.000002000",
        "x-router-attempts": "2",
    }


def test_a_decision_names_no_model_and_no_saving() -> None:
    call = replace(CALL, hints=RouterHints(model_tier=Tier.COMPLEX))
    headers = routed_headers(scripted(ESCALATED).routing.decide(call))
    assert headers == {
        "x-router-tier": "complex",
        "x-router-strategy": "override",
        "x-router-cost-usd": "0.000000000",
        "x-router-attempts": "0",
    }


def test_what_is_undecided_has_neither_tier_nor_strategy() -> None:
    undecided = Routed(CALL, "1", (), None, None, None)
    assert set(routed_headers(undecided)) == {"x-router-cost-usd", "x-router-attempts"}


def test_a_saving_may_be_a_loss() -> None:
    routed = Routed(CALL, "1", (), ESCALATED.start, None, ESCALATED, baseline_nano_usd=500)
    assert routed_headers(routed)["x-router-saved-usd"] == "-0.000001500"


def test_a_failed_request_says_what_was_tried_and_paid() -> None:
    failed = all_failed("timeout", "overloaded").model_copy(update={"answered_by": None})
    headers = error_headers(AllFailedError("no", outcome=failed))
    assert headers["x-router-attempts"] == "2"
    assert headers["x-router-tier"] == "simple"
    assert "x-router-model" not in headers


@pytest.mark.parametrize("error", [InvalidRequestError("no"), AllFailedError("no")])
def test_a_request_that_was_never_routed_has_no_such_headers(error: AllFailedError) -> None:
    assert error_headers(error) == {}
