"""Scheduled Lambda that runs the shadow checks; no request waits for it."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from llm_router.bootstrap import epoch_ms, shadow_checker
from llm_router.settings import ShadowCheckSettings

SHUTDOWN_MARGIN_MS = 5_000
"""Time left to store the last result."""

logger = Logger()
use_case = shadow_checker(ShadowCheckSettings.load())


def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Check waiting jobs until the time runs out; log the number of jobs by result."""
    until = epoch_ms() + context.get_remaining_time_in_millis() - SHUTDOWN_MARGIN_MS
    counts = use_case.run(until)
    logger.info("shadow checks finished", extra=counts)
    return counts
