"""Environment variables as typed models, one per function; errors at start name the variable."""

import os
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator


class SettingsError(ValueError):
    """The function's environment is incomplete or invalid; the message names the variables."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    aws_endpoint_url: str = ""

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the fields from the variables of the same name in capitals."""
        variables = {
            name: environment[name.upper()]
            for name in cls.model_fields
            if name.upper() in environment
        }
        try:
            return cls.model_validate(variables)
        except ValidationError as error:
            reasons = "; ".join(f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            raise SettingsError(reasons) from error


class RouteSettings(_Settings):
    """Environment variables of `route`, set by the template.

    `stack_name` begins every Redis key and is the dimension of every metric, so that several stacks
    may share a cache and an account.
    """

    stack_name: str
    state_machine_arn: str
    step_functions_url: str = ""
    enabled_providers: tuple[str, ...]
    request_deadline_ms: int = Field(gt=0)
    client_read_timeout_seconds: int = Field(gt=0)
    cache_host: str = ""
    cache_port: int = 6379
    cache_tls: bool = True
    cache_user: str = ""
    cache_name: str = ""
    payload_bucket: str
    ledger_bucket: str = ""
    shadow_checks: bool = False
    policy_copy_bucket: str = ""
    policy_override: str = Field(default="", pattern=r"^$|^s3://[^/]+/.+$")

    @field_validator("enabled_providers", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value


class InvokeModelSettings(_Settings):
    """Environment variables of `invoke_model`, set by the template."""

    provider_secret_arn: str
    payload_bucket: str


class ShadowCheckSettings(_Settings):
    """Environment variables of `shadow`, set by the template."""

    provider_secret_arn: str
    ledger_bucket: str


class AuthorizeSettings(_Settings):
    """Environment variables of `authorize`, set by the template."""

    key_table: str
