"""Lambda that runs one provider call or comparison for the cascade; a failed call is a result."""

from typing import Any

from aws_lambda_powertools import Logger

from llm_router.application.invoke.invocations import INVOCATION
from llm_router.bootstrap import model_invoker
from llm_router.settings import InvokeModelSettings

logger = Logger()
use_case = model_invoker(InvokeModelSettings.load())


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Run one invocation and log its attempt or comparison."""
    invocation = INVOCATION.validate_python(event)
    result = use_case.run(invocation)
    if "attempt" not in result:
        agreed = result["comparison"].get("agreement")
        logger.info("answers compared", request_id=invocation.request_id, agreement=agreed)
        return result
    attempt = result["attempt"]
    logger.info(
        "attempt finished",
        request_id=invocation.request_id,
        model=attempt["model"],
        reason=attempt["reason"],
        outcome=attempt["outcome"],
        failure=attempt.get("failure"),
        latency_ms=attempt["latency_ms"],
    )
    return result
