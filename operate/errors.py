"""What ends a command early, each with the exit code that scripts see.

0 all is well · 1 something is wrong in the fleet, or not everything could be done · 2 the command was called wrongly ·
3 AWS or The Things Stack could not be reached or refused · 4 nothing was done, since nobody agreed to it, or to so many
removals · 130 interrupted.
"""

WRONG_IN_FLEET = 1


class OperateError(Exception):
    """Root for ``except``; its text is a sentence for the operator, and what to do about it."""

    exit_code = 3


class UnknownStackError(OperateError):
    """There is no stack of this name in this account and region."""


class StackOutputMissingError(OperateError):
    """The stack lacks an output or a resource that this version of the template has."""


class NoAnswerError(OperateError):
    """AWS or The Things Stack did not answer, throttled for too long, or failed."""


class MissingRightError(OperateError):
    """AWS refused an action to whoever runs the command."""


class NoCredentialsError(OperateError):
    """AWS does not know who asks, or where to ask."""


class RefusedError(OperateError):
    """AWS refused a call for a reason of its own."""


class WrongInputError(OperateError):
    """What was asked for cannot be understood or does not go together."""

    exit_code = 2


class UnknownThingError(OperateError):
    """Neither the journal nor AWS IoT knows a thing of this name."""

    exit_code = WRONG_IN_FLEET


class NotAgreedError(OperateError):
    """The plan was shown, and nobody said yes."""

    exit_code = 4


class TooManyRemovalsError(OperateError):
    """More devices would be taken from their things than go at once, unless the operator says how many."""

    exit_code = 4
