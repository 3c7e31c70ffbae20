"""S3's error codes, by what they say about an object."""

from botocore.exceptions import ClientError

NO_SUCH_KEY = "NoSuchKey"
ACCESS_DENIED = "AccessDenied"
"""Also the answer for a missing object, unless the role may list the whole bucket."""
CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", NO_SUCH_KEY})
"""Answers of a conditional write or deletion: another writer changed or deleted the object."""


def error_code(error: ClientError) -> str:
    """The code of an error response."""
    return error.response["Error"]["Code"]
