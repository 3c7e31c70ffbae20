"""On a schedule: asks the strong model what was answered without it; nobody waits for this."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from llm_router.bootstrap import epoch_ms, shadow_checker
from llm_router.settings import ShadowCheckSettings

SHUTDOWN_MARGIN_MS = 5_000
"""Left for keeping the last result."""

logger = Logger()
use_case = shadow_checker(ShadowCheckSettings.load())


def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Check what waits, as far as the time goes, and log how many ended how."""
    until = epoch_ms() + context.get_remaining_time_in_millis() - SHUTDOWN_MARGIN_MS
    done = use_case.run(until)
    logger.info("shadow checks finished", extra=done)
    return done
