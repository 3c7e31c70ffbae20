"""The route function with a real Redis that a busy machine may answer late."""

from collections.abc import Mapping
from dataclasses import replace

import redis

from llm_router.adapters.redis.connection import BackgroundConnection
from llm_router.adapters.redis.decision_cache import RedisDecisionCache
from llm_router.adapters.redis.failed_requests import RedisFailedRequests
from llm_router.application.just_failed import JustFailed
from llm_router.application.ports import ModelProvider
from llm_router.domain.policy.models import WireFormat
from tests.support.in_process_router import router
from tests.support.policies import POLICY
from tests.support.route_function import ROUTE_ENVIRONMENT, RouteFunction

STACK = ROUTE_ENVIRONMENT["STACK_NAME"]
SECONDS = 5.0
"""What one round trip may take here; in production it is some milliseconds."""


def patient_function(
    providers: Mapping[WireFormat, ModelProvider], client: redis.Redis
) -> RouteFunction:
    """The function around real adapters of Redis, and a router that calls these providers."""
    connection = BackgroundConnection(client)
    connection.is_open(SECONDS)
    cache = RedisDecisionCache(connection, STACK, read_seconds=SECONDS, write_seconds=SECONDS)
    function = RouteFunction(
        replace(router(providers, POLICY), cache=cache),
        client.connection_pool.connection_kwargs["port"],
    )
    failed = RedisFailedRequests(connection, STACK, seconds=SECONDS)
    function.app.just_failed_use_case = JustFailed(failed)
    return function
