"""The errors that end a command of the evaluation; their messages are sentences for the user.

UnusableError            data or options cannot be used: exit code 2
├── CalibrationError
├── UnusableRowsError
├── RecordingError
├── UnknownPriceError
├── NoPlotsError
└── CollectError
StoppedError             collecting stops in an orderly way: cost cap reached, or interrupted
"""

from operations.errors import UnusableError


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
