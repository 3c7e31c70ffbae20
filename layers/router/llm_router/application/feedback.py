"""Stores a user's score of an answer as a label for the next calibration."""

from collections.abc import Callable
from dataclasses import dataclass

from llm_router.domain.outcome.ledger import Label

from .errors import UnknownRequestError
from .ports import LedgerArchive


@dataclass(frozen=True)
class FeedbackService:
    """The feedback use case and its ports."""

    archive: LedgerArchive
    clock: Callable[[], int]

    def label(self, request_id: str, tenant: str, score: float) -> Label:
        """Store the label; raises `UnknownRequestError` if the tenant has no such request."""
        record = self.archive.find(request_id)
        if record is None or record.tenant != tenant:
            raise UnknownRequestError(
                "request_id: no such request is known (any more)", param="request_id"
            )
        label = Label(
            request_id=request_id, tenant=tenant, score=score, labelled_epoch_ms=self.clock()
        )
        self.archive.label(label)
        return label
