"""Signs in to ElastiCache with the function's own role, without a password."""

from urllib.parse import ParseResult, urlencode, urlunparse

from botocore.exceptions import NoCredentialsError
from botocore.model import ServiceId
from botocore.session import Session
from botocore.signers import RequestSigner
from redis.credentials import CredentialProvider

_TOKEN_SECONDS = 900


class ElastiCacheIamCredentials(CredentialProvider):
    """Creates a token for each new connection; it is signed locally, without a call."""

    def __init__(self, user: str, cache_name: str, session: Session, region: str) -> None:
        self._user = user
        self._cache_name = cache_name
        credentials = session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        self._signer = RequestSigner(
            ServiceId("elasticache"),
            region,
            "elasticache",
            "v4",
            credentials,
            session.get_component("event_emitter"),
        )

    def get_credentials(self) -> tuple[str, str]:
        """User name and a token that is valid for 15 minutes."""
        query = urlencode({"Action": "connect", "User": self._user})
        url = urlunparse(
            ParseResult("https", self._cache_name, "/", params="", query=query, fragment="")
        )
        signed = self._signer.generate_presigned_url(
            {"method": "GET", "url": url, "body": {}, "headers": {}, "context": {}},
            operation_name="connect",
            expires_in=_TOKEN_SECONDS,
            region_name=self._signer.region_name,
        )
        return self._user, signed.removeprefix("https://")
