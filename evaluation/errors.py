"""Why collecting ends before everything is recorded.

CollectError     it makes no sense to go on; the message is a sentence for the user
StoppedError     no call may be made any more: the cost cap is reached, or the user said so
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


class CalibrationError(ValueError):
    """There is nothing to calibrate with; the message says why."""


class UnusableRowsError(ValueError):
    """The rows cannot be used with these roles; the message names the model and the reason."""


class RecordingError(ValueError):
    """A file of recordings cannot be used; the message names the file, the line and the reason."""


class UnknownPriceError(ValueError):
    """Neither the policy nor the historic list has a price for a model."""


class NoPlotsError(Exception):
    """Plots cannot be drawn here; the message says what to install."""


class CollectError(Exception):
    """Nothing more can be collected this way; the message says why and what would help."""


class StoppedError(Exception):
    """No further call may be made; what was paid for is kept."""
