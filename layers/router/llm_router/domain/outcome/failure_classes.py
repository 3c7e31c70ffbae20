"""Classifies failed calls by a table of error signatures."""

from typing import Literal, NamedTuple

from llm_router.domain.base import Frozen
from llm_router.domain.policy.models import EndpointKind

from .failures import FailureKind

Transport = Literal[
    "not_sent",
    "not_connected",
    "timed_out_connecting",
    "timed_out",
    "cut_off",
    "undecodable",
    "too_large",
]


class ErrorSignature(Frozen):
    """The observable facts of a failed call.

    `codes` come from the provider's own error object, in lower case; empty if the body has none.
    `message` is consulted only where a provider has no code for the failure.
    """

    endpoint: EndpointKind
    status: int | None = None
    codes: tuple[str, ...] = ()
    message: str = ""
    transport: Transport | None = None


class ClassificationRule(NamedTuple):
    """A row of the table: every column that is set must match; of several words, any one."""

    kind: FailureKind
    status: tuple[int, ...] | range | None = None
    codes: tuple[str, ...] = ()
    message_contains: tuple[str, ...] = ()
    endpoint: EndpointKind | None = None
    transport: Transport | None = None


K = FailureKind
_REFUSED = (200, 400, 403, 422)
"""Statuses that carry refusals of all kinds; some servers put them inside a 200."""

CLASSIFICATION_RULES: tuple[ClassificationRule, ...] = (
    ClassificationRule(K.TRANSIENT, transport="not_connected"),
    ClassificationRule(K.TIMEOUT, transport="timed_out_connecting"),
    ClassificationRule(K.TIMEOUT, transport="timed_out"),
    ClassificationRule(K.TRUNCATED_OUTPUT, transport="cut_off"),
    ClassificationRule(K.MALFORMED_OUTPUT, transport="undecodable"),
    ClassificationRule(K.MALFORMED_OUTPUT, transport="too_large"),
    ClassificationRule(K.UNKNOWN, transport="not_sent"),
    # Statuses with a single meaning, whatever the body says.
    ClassificationRule(K.CONTEXT_WINDOW, status=(413,)),
    ClassificationRule(K.REGION, status=(451,)),
    # Failures without a code of their own at some provider: only the message identifies them.
    ClassificationRule(
        K.QUOTA_EXHAUSTED,
        status=(400, 403, 429),
        message_contains=(
            "credit balance is too low",
            "api usage limits",
            "used all available credits",
        ),
    ),
    ClassificationRule(
        K.CREDENTIALS,
        status=_REFUSED,
        message_contains=("organization has been disabled", "incorrect api key provided"),
    ),
    ClassificationRule(
        K.CONTEXT_WINDOW,
        status=_REFUSED,
        message_contains=(
            "prompt is too long",
            "input is too long",
            "exceed context limit",
            "maximum context length",
            "available context size",
            "input token count",
            "max_new_tokens` must be",
        ),
    ),
    ClassificationRule(
        K.CONTENT_POLICY,
        status=_REFUSED,
        message_contains=("content filtering policy", "was flagged"),
    ),
    ClassificationRule(
        K.REGION,
        status=_REFUSED,
        message_contains=("user location is not supported", "unsupported countries"),
    ),
    ClassificationRule(
        K.REGION, status=(403,), endpoint="anthropic", message_contains=("request not allowed",)
    ),
    ClassificationRule(
        K.MODEL_GONE, status=_REFUSED, message_contains=("is not allowed to use publisher model",)
    ),
    ClassificationRule(
        K.TRUNCATED_OUTPUT,
        status=_REFUSED,
        message_contains=("max_tokens or model output limit was reached",),
    ),
    # Faults of the conversation itself, which no vendor takes.
    ClassificationRule(
        K.INVALID_REQUEST,
        status=_REFUSED,
        message_contains=(
            "must be followed by tool messages",
            "must be a response to a preceding message with 'tool_calls'",
            "must be a response to a preceeding message with 'tool_calls'",
            "ids were found without `tool_result` blocks",
            "unexpected `tool_use_id` found in `tool_result` blocks",
            "no tool output found for function call",
            "no tool call found for function call output",
        ),
    ),
    # Codes of the provider's error object.
    ClassificationRule(
        K.CONTEXT_WINDOW,
        codes=(
            "context_length_exceeded",
            "exceed_context_size_error",
            "request_too_large",
            "tokens_limit_reached",
        ),
    ),
    ClassificationRule(
        K.CONTENT_POLICY,
        codes=(
            "content_policy_violation",
            "content_filter",
            "content_filter_error",
            "responsibleaipolicyviolation",
            "moderation_blocked",
            "invalid_prompt",
            "bio_policy",
            "cyber_policy",
            "misalignment_policy_violation",
            "image_content_policy_violation",
        ),
    ),
    ClassificationRule(
        K.QUOTA_EXHAUSTED,
        codes=(
            "insufficient_quota",
            "insufficient_credits",
            "billing_error",
            "billing_hard_limit_reached",
            "billing_not_active",
            "budget_exceeded",
            "enforced_spend_limit_reached",
            "payment_required",
            "usage_limit_reached",
            "usage_not_included",
        ),
    ),
    ClassificationRule(
        K.REGION, codes=("unsupported_country_region_territory", "data_residency_mismatch")
    ),
    ClassificationRule(
        K.MODEL_GONE,
        codes=(
            "model_not_found",
            "model_not_supported",
            "model_decommissioned",
            "model_deprecated",
            "invalid_model",
            "unknown_model",
            "deploymentnotfound",
            "not_found_error",
        ),
    ),
    ClassificationRule(
        K.CREDENTIALS,
        codes=(
            "invalid_api_key",
            "api_key_invalid",
            "invalid_authentication_error",
            "invalid_organization",
            "mismatched_organization",
            "account_deactivated",
            "ip_not_authorized",
            "authentication_error",
            "permission_error",
        ),
    ),
    ClassificationRule(
        K.OVERLOADED,
        codes=(
            "overloaded_error",
            "overloaded",
            "engine_overloaded",
            "engine_overloaded_error",
            "server_overloaded",
            "server_is_overloaded",
            "slow_down",
        ),
    ),
    ClassificationRule(K.RATE_LIMITED, codes=("rate_limit_error", "rate_limit_exceeded")),
    ClassificationRule(K.TIMEOUT, codes=("timeout_error", "vector_store_timeout")),
    # The model wrote what its own server could not use.
    ClassificationRule(
        K.MALFORMED_OUTPUT,
        codes=("tool_use_failed", "json_validate_failed", "output_parse_failed"),
    ),
    ClassificationRule(K.MALFORMED_OUTPUT, status=(400,), message_contains=("failed_generation",)),
    ClassificationRule(K.INVALID_REQUEST, codes=("invalid_base64_image", "empty_image_file")),
    ClassificationRule(
        K.NOT_SUPPORTED,
        status=_REFUSED,
        codes=(
            "unsupported_parameter",
            "unsupported_value",
            "model_does_not_support_mode",
            "invalid_encrypted_content",
        ),
    ),
    ClassificationRule(
        K.NOT_SUPPORTED,
        status=(400, 422),
        message_contains=(
            "does not support",
            "not supported by",
            "not supported for",
            "not supported on",
            "not supported with",
            "tool choice requires --enable",
            "the encrypted content",
            "maximum allowed number of output tokens",
        ),
    ),
    # The other statuses; the codes below them say less.
    ClassificationRule(K.CREDENTIALS, status=(401, 403)),
    ClassificationRule(K.QUOTA_EXHAUSTED, status=(402,)),
    ClassificationRule(K.MODEL_GONE, status=(404, 410)),
    ClassificationRule(K.TIMEOUT, status=(408, 504, 522, 524)),
    ClassificationRule(K.TRANSIENT, status=(409,)),
    ClassificationRule(K.RATE_LIMITED, status=(429,)),
    ClassificationRule(K.OVERLOADED, status=(503, 529)),
    ClassificationRule(K.TRANSIENT, status=range(500, 600)),
    ClassificationRule(K.TRANSIENT, codes=("api_error", "server_error")),
    ClassificationRule(
        K.NOT_ACCEPTED,
        codes=(
            "invalid_request_error",
            # Images within this vendor's limits may be within another's.
            "invalid_image",
            "invalid_image_format",
            "invalid_image_mode",
            "invalid_image_url",
            "image_too_large",
            "image_too_small",
            "image_file_too_large",
            "image_parse_error",
            "unsupported_image_media_type",
            "failed_to_download_image",
            "image_file_not_found",
        ),
    ),
)
"""From error signature to failure kind: the first row that matches decides."""

_REFUSING_STATUSES = frozenset({400, 422})
"""Refusals by the vendor if its own error object comes with them; otherwise a proxy's reply."""


def failure_kind(signature: ErrorSignature) -> FailureKind:
    """The kind of a failure; `unknown` if no row matches."""
    for rule in CLASSIFICATION_RULES:
        if _fits(rule, signature):
            return rule.kind
    if signature.status in _REFUSING_STATUSES and (signature.codes or signature.message):
        return K.NOT_ACCEPTED
    return K.UNKNOWN


def _fits(rule: ClassificationRule, signature: ErrorSignature) -> bool:
    message = signature.message.lower()
    return (
        rule.transport == signature.transport
        and (rule.status is None or signature.status in rule.status)
        and (not rule.codes or any(code in signature.codes for code in rule.codes))
        and (not rule.message_contains or any(words in message for words in rule.message_contains))
        and (rule.endpoint is None or rule.endpoint == signature.endpoint)
    )
