from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from llm_router.adapters.redis.iam_auth import ElastiCacheIamCredentials


def test_the_password_is_a_presigned_request_to_connect() -> None:
    session = Session()
    session.set_credentials("AKIDEXAMPLE", "secret", "token")
    credentials = ElastiCacheIamCredentials("router-1", "my-cache", session, "eu-west-1")
    user, token = credentials.get_credentials()
    parts = urlsplit(f"https://{token}")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (user, parts.netloc, parts.path) == ("router-1", "my-cache", "/")
    assert (query["Action"], query["User"]) == ("connect", "router-1")
    assert query["X-Amz-Expires"] == "900"
    assert "/eu-west-1/elasticache/aws4_request" in query["X-Amz-Credential"]
    assert query["X-Amz-Security-Token"] == "token"
    assert "secret" not in token


def test_without_credentials_there_is_no_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    monkeypatch.setattr(session, "get_credentials", lambda: None)
    with pytest.raises(NoCredentialsError):
        ElastiCacheIamCredentials("router-1", "my-cache", session, "eu-west-1")
