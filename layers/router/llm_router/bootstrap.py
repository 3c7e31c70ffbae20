"""The only place that chooses adapters: one function per deployed function.

Vendors are imported inside the functions: `route` must not load the providers' SDKs.
"""

import time
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from .adapters.aws.clients import CONNECT_SECONDS, LOOKUP, PATIENT, QUICK, with_fresh_connections
from .settings import AuthorizeSettings, InvokeModelSettings, RouteSettings, ShadowCheckSettings

if TYPE_CHECKING:
    import redis
    from mypy_boto3_s3 import S3Client

    from .adapters.outage import Service
    from .adapters.providers.provider import SdkProvider
    from .adapters.redis.connection import BackgroundConnection
    from .application.api_keys import Authorizer
    from .application.feedback import FeedbackService
    from .application.idempotency.idempotency import Idempotency
    from .application.invoke.invoke_model import ModelInvoker
    from .application.just_failed import JustFailed
    from .application.ports import DecisionCache, LedgerArchive, PolicySource
    from .application.route.route_request import Router
    from .application.shadow_check import ShadowChecker, ShadowQueue

_CACHE_HEAD_START_SECONDS = 0.25
_CACHE_READ_SECONDS = 2
CLAIM_GRACE_SECONDS = 5
"""Added to the wait for the cascade; the timeout of `route` itself is shorter."""

_POLICY_COPY = "last-good.toml"


def epoch_ms() -> int:
    """The wall clock in milliseconds."""
    return time.time_ns() // 1_000_000


def new_request_id() -> str:
    """A fresh id for a request and its execution; it begins with the day."""
    return f"{time.strftime('%Y%m%d', time.gmtime())}-{uuid.uuid4()}"


def router(settings: RouteSettings) -> "Router":
    """Build the use case of `route`: policy, cache and state machine, but no provider."""
    from .adapters.aws.emf_metrics import EmfMetrics
    from .adapters.aws.s3_payloads import PROMPT_BYTES, S3Payloads
    from .adapters.aws.step_functions import StepFunctionsCascade
    from .adapters.policy_files import PackagedPolicy, S3Policy, packaged_classifier
    from .application.route.route_request import Router

    endpoint = settings.step_functions_url or settings.aws_endpoint_url or None
    once = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=settings.client_read_timeout_seconds,
        retries={"total_max_attempts": 1, "mode": "standard"},
        # botocore puts `sync-` before the host name, which an endpoint of one's own cannot resolve.
        inject_host_prefix=endpoint is None,
    )
    step_functions = with_fresh_connections(
        boto3.client("stepfunctions", endpoint_url=endpoint, config=once)
    )
    metrics = EmfMetrics(settings.stack_name)
    override = settings.policy_override
    policies: PolicySource
    if override:
        quick = _s3(settings.aws_endpoint_url, QUICK)
        copy = (settings.policy_copy_bucket, _POLICY_COPY)
        policies = S3Policy(quick, override, copy, metrics.count_policy_refused)
    else:
        policies = PackagedPolicy()
    return Router(
        policies=policies,
        classifiers=packaged_classifier,
        cache=_decision_cache(settings),
        cascade=StepFunctionsCascade(step_functions, settings.state_machine_arn, epoch_ms),
        payloads=S3Payloads(_s3(settings.aws_endpoint_url), settings.payload_bucket, PROMPT_BYTES),
        metrics=metrics,
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
    return S3Ledger(_s3(settings.aws_endpoint_url), bucket) if bucket else NoLedger()


def _shadow_queue(settings: RouteSettings) -> "ShadowQueue":
    from .adapters.aws.s3_shadow import S3ShadowQueue
    from .adapters.null import NoShadowQueue

    bucket = settings.ledger_bucket
    url = settings.aws_endpoint_url
    return S3ShadowQueue(_s3(url), bucket) if settings.shadow_checks else NoShadowQueue()


@cache
def _s3(endpoint: str, config: Config = PATIENT) -> "S3Client":
    return with_fresh_connections(boto3.client("s3", endpoint_url=endpoint or None, config=config))


def idempotency(settings: RouteSettings) -> "Idempotency":
    """Build the use case of the `Idempotency-Key` header: encrypted replies in Redis."""
    from .adapters.aws.emf_metrics import EmfMetrics
    from .adapters.redis.reply_store import RedisReplies
    from .application.idempotency.idempotency import Idempotency

    replies = None
    if settings.cache_host:
        replies = RedisReplies(
            _redis(settings), settings.stack_name, service=_cache_service(settings)
        )
    claim_seconds = settings.client_read_timeout_seconds + CLAIM_GRACE_SECONDS
    return Idempotency(replies, claim_seconds * 1000, EmfMetrics(settings.stack_name).count_reply)


def just_failed(settings: RouteSettings) -> "JustFailed":
    """Build the use case that refuses requests that just failed."""
    from .adapters.redis.failed_requests import RedisFailedRequests
    from .application.just_failed import JustFailed

    if not settings.cache_host:
        return JustFailed(None)
    return JustFailed(RedisFailedRequests(_cache_connection(settings), settings.stack_name))


def _decision_cache(settings: RouteSettings) -> "DecisionCache":
    from .adapters.null import NoCache
    from .adapters.redis.decision_cache import RedisDecisionCache

    if not settings.cache_host:
        return NoCache()
    decisions = RedisDecisionCache(_cache_connection(settings), settings.stack_name)
    decisions.connect(_CACHE_HEAD_START_SECONDS)
    return decisions


@cache
def _cache_connection(settings: RouteSettings) -> "BackgroundConnection":
    from .adapters.redis.connection import BackgroundConnection

    return BackgroundConnection(_redis(settings), service=_cache_service(settings))


@cache
def _cache_service(_settings: RouteSettings) -> "Service":
    from .adapters.outage import Service

    return Service()


def _redis(settings: RouteSettings) -> "redis.Redis":
    import redis

    options: dict[str, Any] = {}
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
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=_CACHE_READ_SECONDS,
        **options,
    )


def model_invoker(settings: InvokeModelSettings) -> "ModelInvoker":
    """Build the use case of `invoke_model`: provider keys and payloads, no cache or ledger."""
    from .adapters.aws.s3_payloads import ANSWER_BYTES, S3Payloads
    from .adapters.providers.endpoints import ENDPOINTS
    from .application.invoke.invoke_model import ModelInvoker
    from .domain.policy.models import ENDPOINT_KINDS, WIRE_FORMATS
    from .domain.trust.form.answer_speech import speech_of
    from .domain.trust.form.asked import asked_in

    # Lambda gives a starting function more of a processor than a running one, so neither the SDKs
    # nor the tables of phrases are left for the first request to read.
    for kind in ENDPOINT_KINDS:
        ENDPOINTS[kind].sdk()
    speech_of("I don't know.", asked_in("Why?"))
    return ModelInvoker(
        providers=dict.fromkeys(WIRE_FORMATS, _provider(settings)),
        payloads=S3Payloads(_s3(settings.aws_endpoint_url), settings.payload_bucket, ANSWER_BYTES),
        clock=epoch_ms,
        sleep=time.sleep,
    )


def shadow_checker(settings: ShadowCheckSettings) -> "ShadowChecker":
    """Build the use case of `shadow`: provider keys, jobs and results."""
    from .adapters.aws.s3_shadow import S3ShadowJobs
    from .adapters.null import InlinePayloads
    from .application.shadow_check import ShadowChecker
    from .domain.policy.models import WIRE_FORMATS

    return ShadowChecker(
        jobs=S3ShadowJobs(_s3(settings.aws_endpoint_url), settings.ledger_bucket),
        providers=dict.fromkeys(WIRE_FORMATS, _provider(settings)),
        payloads=InlinePayloads(),
        clock=epoch_ms,
    )


def _provider(settings: InvokeModelSettings | ShadowCheckSettings) -> "SdkProvider":
    from .adapters.providers.keys import ProviderKeys
    from .adapters.providers.provider import SdkProvider

    endpoint = settings.aws_endpoint_url or None
    secrets = with_fresh_connections(
        boto3.client("secretsmanager", endpoint_url=endpoint, config=PATIENT)
    )
    return SdkProvider(ProviderKeys(secrets, settings.provider_secret_arn))


def authorizer(settings: AuthorizeSettings) -> "Authorizer":
    """Build the use case of `authorize`: looks up single keys, nothing else."""
    from .adapters.aws.dynamodb_keys import DynamoDbKeys
    from .application.api_keys import Authorizer

    endpoint = settings.aws_endpoint_url or None
    client = with_fresh_connections(boto3.client("dynamodb", endpoint_url=endpoint, config=LOOKUP))
    keys = DynamoDbKeys(client, settings.key_table)
    return Authorizer(keys=keys, now_seconds=lambda: int(time.time()))
