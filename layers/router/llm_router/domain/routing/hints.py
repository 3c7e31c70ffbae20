"""The `router` object of a request body: the caller's hints and limits."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from llm_router.domain.base import Frozen, ShortText
from llm_router.domain.tiers import Tier


def _not_its_digits(value: Any) -> Any:
    # A list would be taken for a decimal's sign and digits.
    if isinstance(value, list):
        raise ValueError("not a number")  # noqa: TRY004
    return value


_Usd = Annotated[Decimal, Field(strict=False, gt=0), BeforeValidator(_not_its_digits)]


class RouterHints(Frozen):
    """The caller's limits and hints for a request.

    With `retry` it is answered even if the same request just failed.
    """

    model_config = ConfigDict(strict=True)

    request_type: ShortText | None = None
    user_tier: ShortText | None = None
    feature: ShortText | None = None
    model_tier: Annotated[Tier, Field(strict=False)] | None = None
    max_latency_ms: int | None = Field(default=None, gt=0)
    max_cost_usd: _Usd | None = None
    classify: bool | None = None
    retry: bool | None = None
