"""The only place that chooses adapters: one function per deployed function.

Vendors are imported inside the functions: `route` must not load the providers' SDKs.
"""

import time
import uuid
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from .settings import AuthorizeSettings, InvokeModelSettings, RouteSettings, ShadowCheckSettings

if TYPE_CHECKING:
    import redis
    from mypy_boto3_s3 import S3Client

    from .application.api_keys import Authorizer
    from .application.feedback import FeedbackService
    from .application.idempotency.idempotency import Idempotency
    from .application.invoke.invoke_model import ModelInvoker
    from .application.ports import DecisionCache, LedgerArchive, ModelProvider
    from .application.route.route_request import Router
    from .application.shadow_check import ShadowChecker, ShadowQueue
    from .domain.policy.models import WireFormat

_CONNECT_SECONDS = 2
_CACHE_HEAD_START_SECONDS = 0.25
CLAIM_GRACE_SECONDS = 5
"""Added to the wait for the cascade; the timeout of `route` itself is shorter."""

_POLICY_COPY = "last-good.toml"
_QUICK = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
"""For optional calls that a request waits for."""
_PATIENT = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
"""For calls that a request depends on."""


def epoch_ms() -> int:
    """The wall clock in milliseconds."""
    return time.time_ns() // 1_000_000


def new_request_id() -> str:
    """A fresh id for a request and its execution; it begins with the day."""
    return f"{time.strftime('%Y%m%d', time.gmtime())}-{uuid.uuid4()}"


def router(settings: RouteSettings) -> "Router":
    """Build the use case of `route`: policy, cache and state machine, but no provider."""
    from .adapters.aws.emf_metrics import EmfMetrics, count_policy_refused
    from .adapters.aws.s3_payloads import S3Payloads
    from .adapters.aws.step_functions import StepFunctionsCascade
    from .adapters.policy_files import PackagedPolicy, S3Policy, packaged_classifier
    from .application.route.route_request import Router

    endpoint = settings.step_functions_url or settings.aws_endpoint_url or None
    once = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=settings.client_read_timeout_seconds,
        retries={"total_max_attempts": 1, "mode": "standard"},
        # botocore puts `sync-` before the host name, which an endpoint of one's own cannot resolve.
        inject_host_prefix=endpoint is None,
    )
    step_functions = boto3.client("stepfunctions", endpoint_url=endpoint, config=once)
    override = settings.policy_override
    quick = _s3(settings, _QUICK)
    copy = (settings.policy_copy_bucket, _POLICY_COPY)
    return Router(
        policies=S3Policy(quick, override, copy, count_policy_refused)
        if override
        else PackagedPolicy(),
        classifiers=packaged_classifier,
        cache=_decision_cache(settings),
        cascade=StepFunctionsCascade(step_functions, settings.state_machine_arn, epoch_ms),
        payloads=S3Payloads(_s3(settings), settings.payload_bucket),
        metrics=EmfMetrics(),
        archive=_ledger_archive(settings),
        shadow=_shadow_queue(settings),
        clock=epoch_ms,
        enabled_providers=settings.enabled_providers,
        deadline_ms=settings.request_deadline_ms,
    )


def feedback_service(settings: RouteSettings) -> "FeedbackService":
    """Build the feedback use case, which reads ledgers and writes labels."""
    from .application.feedback import FeedbackService

    return FeedbackService(_ledger_archive(settings), epoch_ms)


def _ledger_archive(settings: RouteSettings) -> "LedgerArchive":
    from .adapters.aws.s3_ledger import S3Ledger
    from .adapters.null import NoLedger

    bucket = settings.ledger_bucket
    return S3Ledger(_s3(settings), bucket) if bucket else NoLedger()


def _shadow_queue(settings: RouteSettings) -> "ShadowQueue":
    from .adapters.aws.s3_shadow import S3ShadowQueue
    from .adapters.null import NoShadowQueue

    bucket = settings.ledger_bucket
    return S3ShadowQueue(_s3(settings), bucket) if settings.shadow_checks else NoShadowQueue()


def _s3(
    settings: RouteSettings | InvokeModelSettings | ShadowCheckSettings, config: Config = _PATIENT
) -> "S3Client":
    return boto3.client("s3", endpoint_url=settings.aws_endpoint_url or None, config=config)


def idempotency(settings: RouteSettings) -> "Idempotency":
    """Build the use case of the `Idempotency-Key` header: encrypted replies in Redis."""
    from .adapters.aws.emf_metrics import count_reply
    from .adapters.redis.reply_store import RedisReplies
    from .application.idempotency.idempotency import Idempotency

    replies = RedisReplies(_redis(settings)) if settings.cache_host else None
    claim_seconds = settings.client_read_timeout_seconds + CLAIM_GRACE_SECONDS
    return Idempotency(replies, claim_seconds * 1000, count_reply)


def _decision_cache(settings: RouteSettings) -> "DecisionCache":
    from .adapters.null import NoCache
    from .adapters.redis.decision_cache import RedisDecisionCache

    if not settings.cache_host:
        return NoCache()
    cache = RedisDecisionCache(_redis(settings, decode_responses=True))
    cache.connect(_CACHE_HEAD_START_SECONDS)
    return cache


def _redis(settings: RouteSettings, **options: Any) -> "redis.Redis":
    import redis

    if settings.cache_user:
        from botocore.session import Session

        from .adapters.redis.iam_auth import ElastiCacheIamCredentials

        session = Session()
        options["credential_provider"] = ElastiCacheIamCredentials(
            settings.cache_user, settings.cache_name, session, session.get_config_variable("region")
        )
    return redis.Redis(
        host=settings.cache_host,
        port=settings.cache_port,
        ssl=settings.cache_tls,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_CONNECT_SECONDS,
        **options,
    )


def model_invoker(settings: InvokeModelSettings) -> "ModelInvoker":
    """Build the use case of `invoke_model`: provider keys and payloads, no cache or ledger."""
    from .adapters.aws.s3_payloads import S3Payloads
    from .application.invoke.invoke_model import ModelInvoker

    return ModelInvoker(
        providers=_providers(settings),
        payloads=S3Payloads(_s3(settings), settings.payload_bucket),
        clock=epoch_ms,
        sleep=time.sleep,
    )


def shadow_checker(settings: ShadowCheckSettings) -> "ShadowChecker":
    """Build the use case of `shadow`: provider keys, jobs and results."""
    from .adapters.aws.s3_shadow import S3ShadowJobs
    from .adapters.null import InlinePayloads
    from .application.shadow_check import ShadowChecker

    return ShadowChecker(
        jobs=S3ShadowJobs(_s3(settings), settings.ledger_bucket),
        providers=_providers(settings),
        payloads=InlinePayloads(),
        clock=epoch_ms,
    )


def _providers(
    settings: InvokeModelSettings | ShadowCheckSettings,
) -> "dict[WireFormat, ModelProvider]":
    from .adapters.providers.anthropic import AnthropicProvider
    from .adapters.providers.keys import ProviderKeys
    from .adapters.providers.openai import OpenAIProvider

    endpoint = settings.aws_endpoint_url or None
    secrets = boto3.client("secretsmanager", endpoint_url=endpoint, config=_PATIENT)
    keys = ProviderKeys(secrets, settings.provider_secret_arn)
    return {"openai": OpenAIProvider(keys), "anthropic": AnthropicProvider(keys)}


def authorizer(settings: AuthorizeSettings) -> "Authorizer":
    """Build the use case of `authorize`: looks up single keys, nothing else."""
    from .adapters.aws.dynamodb_keys import DynamoDbKeys
    from .application.api_keys import Authorizer

    client = boto3.client("dynamodb", endpoint_url=settings.aws_endpoint_url or None)
    keys = DynamoDbKeys(client, settings.key_table)
    return Authorizer(keys=keys, now_seconds=lambda: int(time.time()))
