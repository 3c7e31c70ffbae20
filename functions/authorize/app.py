"""Lambda authorizer: identifies the caller by their API key."""

import json
from typing import Any

from aws_lambda_powertools import Logger

from llm_router.bootstrap import authorizer
from llm_router.settings import AuthorizeSettings

logger = Logger()
use_case = authorizer(AuthorizeSettings.load())


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Allow the request with the key's record as context, or deny it."""
    record = use_case.identify(event.get("headers") or {})
    if record is None:
        logger.info("key refused")
        return _policy("Deny", event["methodArn"], "unknown", {})
    context = {
        "key_id": record.key_id,
        "tenant": record.tenant,
        "user_tier": record.user_tier,
        "may_set_user_tier": str(record.may_set_user_tier).lower(),
        # Context values are scalars.
        "aliases": json.dumps(dict(record.aliases)),
    }
    return _policy("Allow", event["methodArn"], record.key_id, context)


def _policy(effect: str, arn: str, principal: str, context: dict[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": arn}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context,
    }
