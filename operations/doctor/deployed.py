"""A deployed router as the checks see it: AWS clients, its API, its policy, and a key."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import httpx2
from botocore.exceptions import BotoCoreError, ClientError

from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys
from llm_router.adapters.policy_files import bucket_and_key, checked_policy, packaged_policy
from llm_router.adapters.providers.keys import ProviderKeys
from llm_router.application.api_keys import hash_of, new_key
from llm_router.domain.policy.policy import Policy
from operations.keys import new_record
from operations.output import complain
from operations.stack import Stack

from .findings import CannotLookError

Json = dict[str, Any]
TENANT = "doctor"
_KEY_SECONDS = 3600
_LONGEST_REQUEST_SECONDS = 130
"""Above the longest `RequestTimeout`."""
_CONNECT_SECONDS = 5
_KEY_SPREADS_SECONDS = 1.0
_KEY_TRIES = 3


@dataclass(frozen=True)
class Reply:
    """The API's reply: status, body (empty unless a JSON object) and headers."""

    status: int
    body: Json
    headers: httpx2.Headers

    @property
    def router(self) -> Json:
        """The reply's router object."""
        found = self.body.get("router")
        return found if isinstance(found, dict) else {}

    @property
    def error(self) -> str:
        """The error's message, or its code."""
        error = self.body.get("error")
        return str(error.get("message") or error.get("code")) if isinstance(error, dict) else ""


class Deployed:
    """One deployed router; a key that it makes for itself is revoked at the end."""

    def __init__(  # noqa: PLR0913
        self,
        stack: Stack,
        client_for: Callable[[str], Any],
        *,
        url: str | None = None,
        key: str | None = None,
        spend_usd: Decimal = Decimal(0),
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.stack = stack
        self.spend_usd = spend_usd
        self.spent_usd = Decimal(0)
        self._client_for = client_for
        self._clients: dict[str, Any] = {}
        self._url = url
        self._key = key
        self._own_key: str | None = None
        patience = httpx2.Timeout(_LONGEST_REQUEST_SECONDS, connect=_CONNECT_SECONDS)
        self.http = httpx2.Client(timeout=patience, transport=transport)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Revoke the key that was made for this run."""
        self.http.close()
        if self._own_key is None:
            return
        try:
            self._keys.revoke(hash_of(self._own_key))
        except (BotoCoreError, ClientError) as unrevoked:
            complain(f"the key of this run is valid for up to an hour: not revoked: {unrevoked}")

    def client(self, service: str) -> Any:
        """A boto3 client."""
        if service not in self._clients:
            self._clients[service] = self._client_for(service)
        return self._clients[service]

    def output(self, name: str) -> str:
        """An output of the stack."""
        try:
            return self.stack.outputs[name]
        except KeyError as error:
            raise CannotLookError(f"the stack has no output {name}") from error

    def parameter(self, name: str) -> str:
        """A parameter of the stack."""
        try:
            return self.stack.parameters[name]
        except KeyError as error:
            raise CannotLookError(f"the stack has no parameter {name}") from error

    @property
    def region(self) -> str:
        """The stack's region."""
        return self.stack.id.split(":")[3]

    @property
    def enabled_providers(self) -> tuple[str, ...]:
        """The providers that may be called."""
        names = self.parameter("EnabledProviders").split(",")
        return tuple(name.strip() for name in names if name.strip())

    @cached_property
    def policy(self) -> Policy:
        """The policy that `PolicyOverride` names, or this version's default."""
        uri = self.parameter("PolicyOverride")
        if not uri:
            return packaged_policy()
        bucket, key = bucket_and_key(uri)
        body = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return checked_policy(body.decode(), uri)

    @cached_property
    def service_name(self) -> str:
        """The value of the metrics' dimension `service`."""
        route = self.stack.physical_id("RouteFunction")
        if route is None:
            raise CannotLookError("the stack has no RouteFunction")
        configuration = self.client("lambda").get_function_configuration(FunctionName=route)
        return str(configuration["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"])

    @cached_property
    def api_url(self) -> str:
        """The API's base URL, without a slash at its end."""
        return (self._url or self.output("ApiUrl")).rstrip("/")

    @cached_property
    def health(self) -> Reply:
        """The reply of `GET /health`."""
        return self.call("GET", "/health", headers={})

    @cached_property
    def key(self) -> str:
        """The given API key, or a new one that is valid for an hour and revoked at the end."""
        if self._key:
            return self._key
        key = new_key()
        try:
            self._keys.add(hash_of(key), new_record(TENANT, lifetime_seconds=_KEY_SECONDS))
        except BotoCoreError:
            # Only the answer may be lost.
            self._own_key = key
            raise
        self._own_key = key
        for _ in range(_KEY_TRIES):
            # The authorizer reads with eventual consistency.
            if self.call("GET", "/models", headers=bearer(key)).status != 401:
                break
            time.sleep(_KEY_SPREADS_SECONDS)
        return key

    @property
    def _keys(self) -> DynamoDbKeys:
        return DynamoDbKeys(self.client("dynamodb"), self.output("KeyTableName"))

    def call(
        self, method: str, path: str, *, headers: dict[str, str], body: Json | None = None
    ) -> Reply:
        """Call the API once."""
        got = self.http.request(method, self.api_url + path, headers=headers, json=body)
        parsed: Any = None
        with suppress(ValueError):
            parsed = got.json()
        return Reply(got.status_code, parsed if isinstance(parsed, dict) else {}, got.headers)

    def ask(self, question: str, **body: Any) -> Reply:
        """Send a chat completion that costs no more than what is left to spend."""
        left = self.spend_usd - self.spent_usd
        if left <= 0:
            used = "is 0" if not self.spend_usd else "is used up"
            raise CannotLookError(f"--spend {used}", "allow more with --spend")
        headers = bearer(self.key)
        router = {**body.pop("router", {}), "max_cost_usd": float(left)}
        messages = [{"role": "user", "content": question}]
        request = {**body, "messages": messages, "router": router}
        # Whatever happened to a request without a bill, it cost no more than it was allowed to.
        self.spent_usd += left
        reply = self.call("POST", "/chat/completions", headers=headers, body=request)
        cost = reply.router.get("total_cost_usd", 0 if 400 <= reply.status < 500 else None)
        if cost is not None:
            self.spent_usd += Decimal(str(cost)) - left
        return reply

    @cached_property
    def secret_text(self) -> str:
        """The text of the providers' secret."""
        client = self.client("secretsmanager")
        try:
            found = client.get_secret_value(SecretId=self.output("ProviderKeysSecretArn"))
        except client.exceptions.ResourceNotFoundException as error:
            raise CannotLookError(
                "the secret has no value", self.stack.outputs.get("FillSecretCommand", "fill it")
            ) from error
        return str(found.get("SecretString", ""))

    @cached_property
    def provider_keys(self) -> ProviderKeys:
        """The providers' keys as the functions read them."""
        return ProviderKeys(self.client("secretsmanager"), self.output("ProviderKeysSecretArn"))


def bearer(key: str) -> dict[str, str]:
    """The header with a key as OpenAI's clients send it."""
    return {"Authorization": f"Bearer {key}"}
