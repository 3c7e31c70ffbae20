"""Why collecting ends before everything is recorded.

CollectError     it makes no sense to go on; the message is a sentence for the user
StoppedError     no call may be made any more: the cost cap is reached, or the user said so
"""


class CollectError(Exception):
    """Nothing more can be collected this way; the message says why and what would help."""


class StoppedError(Exception):
    """No further call may be made; what was paid for is kept."""
