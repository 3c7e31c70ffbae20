"""Errors that the user can mend, each as one sentence.

UnusableError    input or options that cannot be used; a command's own errors derive from it

Others become a sentence here: the operating system's, the policy's, AWS's, and a package that is
not installed. What is not listed is a fault of the program and keeps its traceback.
"""

import os
from collections.abc import Mapping
from typing import Any

_NAMING_A_PLACE = ("table", "bucket", "stack")
"""Options that name something in AWS; its errors name the option too."""

_NOT_THERE = frozenset({"ResourceNotFoundException", "NoSuchBucket"})
_BAD_CREDENTIALS = frozenset(
    {
        "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
        "InvalidSignatureException", "SignatureDoesNotMatch", "UnrecognizedClientException",
    }
)  # fmt: skip
_FORBIDDEN = frozenset({"AccessDenied", "AccessDeniedException"})


class UnusableError(ValueError):
    """Input or options that cannot be used; the message is one sentence for the user."""


def sentence(error: Exception, options: Mapping[str, Any]) -> str | None:
    """The sentence for an error of a command that had these options; None for a bug."""
    # Imported only once something went wrong: `--help` and most commands need neither.
    from botocore.exceptions import BotoCoreError, ClientError

    from llm_router.domain.policy.policy import PolicyError

    if isinstance(error, UnusableError | PolicyError):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return _not_installed(error)
    if isinstance(error, BotoCoreError | ClientError):
        named = next((name for name in _NAMING_A_PLACE if options.get(name)), None)
        reason = _refused(error, named) if isinstance(error, ClientError) else _unreached(error)
        return f"--{named} {options[named]}: {reason}" if named else reason
    if isinstance(error, OSError):
        return f"{error.filename or 'output'}: {error.strerror or error}"
    return None


def _not_installed(error: ModuleNotFoundError) -> str | None:
    package = (error.name or "").partition(".")[0]
    if package in {"", "evaluation", "llm_router", "operations"}:
        return None
    return f"this command needs {package}: install it with pip install 'llm-router[eval]'"


def _refused(error: Any, named: str | None) -> str:
    """The reason for which AWS refused a call, by the code in its answer."""
    code = error.response.get("Error", {}).get("Code", "Unknown")
    if code in _NOT_THERE:
        return f"there is no such {named or 'resource'} in this account and region ({_region()})"
    if code in _BAD_CREDENTIALS:
        return f"AWS does not accept the credentials ({code}); {_WITH_CREDENTIALS}"
    reason = error.response.get("Error", {}).get("Message", "no reason given")
    if code in _FORBIDDEN:
        return f"the credentials do not allow {error.operation_name}: {reason}"
    return f"AWS refused {error.operation_name}: {code}: {reason}"


_WITH_CREDENTIALS = (
    "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as for the AWS CLI"
)


def _unreached(error: Exception) -> str:
    """The reason for which a call never got an answer from AWS."""
    from botocore import exceptions

    if isinstance(error, exceptions.NoCredentialsError):
        return f"no AWS credentials were found; {_WITH_CREDENTIALS}"
    if isinstance(error, exceptions.NoRegionError):
        return "no AWS region is set; set AWS_DEFAULT_REGION, or a region in the profile"
    if isinstance(error, exceptions.ProfileNotFound):
        return f"AWS_PROFILE {os.environ.get('AWS_PROFILE', '')}: there is no such profile"
    if isinstance(error, exceptions.ConnectionError | exceptions.HTTPClientError):
        return f"AWS cannot be reached: {error}"
    return str(error)


def _region() -> str:
    import boto3

    return str(boto3.Session().region_name)
