"""Why collecting ends before everything is recorded.

CollectError     it makes no sense to go on; the message is a sentence for the user
StoppedError     no call may be made any more: the cost cap is reached, or the user said so
"""

from typing import TYPE_CHECKING

from operations.errors import UnusableError

if TYPE_CHECKING:
    pass


class CalibrationError(UnusableError):
    """There is nothing to calibrate with; the message says why."""


class UnusableRowsError(UnusableError):
    """The rows cannot be used with these roles; the message names the model and the reason."""


class RecordingError(UnusableError):
    """A file of recordings cannot be used; the message names the file, the line and the reason."""


class UnknownPriceError(UnusableError):
    """Neither the policy nor the historic list has a price for a model."""


class NoPlotsError(UnusableError):
    """Plots cannot be drawn here; the message says what to install."""


class CollectError(UnusableError):
    """Nothing more can be collected this way; the message says why and what would help."""


class StoppedError(Exception):
    """No further call may be made; what was paid for is kept."""
