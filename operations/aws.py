"""Clients for AWS, with credentials, region and endpoint from the environment, as the CLI has."""

from typing import Any

from .errors import UnusableError

_CONNECT_SECONDS = 5


def client(service: str, **config: Any) -> Any:
    """A client that gives up soon where AWS cannot be reached."""
    import boto3
    from botocore.config import Config

    patience = Config(connect_timeout=_CONNECT_SECONDS, retries={"total_max_attempts": 3}, **config)
    try:
        return boto3.Session().client(service, config=patience)  # type: ignore[call-overload]
    except ValueError as error:
        # An endpoint or a region that is none, which botocore reports without a type of its own.
        raise UnusableError(
            f"AWS_ENDPOINT_URL or the AWS region cannot be used: {error}"
        ) from error
