"""Errors that end a command, each with its exit code.

0 all is well · 1 something is wrong in the fleet, or something failed · 2 wrong call · 3 AWS or The Things Stack did
not answer or refused · 4 nothing was changed: not confirmed, or too many removals · 130 interrupted.
"""

WRONG_IN_FLEET = 1
INTERRUPTED = 130


class OperateError(Exception):
    """Root for ``except``; the text says what happened and what to do."""

    exit_code = 3


class UnknownStackError(OperateError):
    """There is no stack of this name in this account and region."""


class StackOutputMissingError(OperateError):
    """The stack lacks an output that this version's template has."""


class NoAnswerError(OperateError):
    """AWS or The Things Stack did not answer, throttled for too long, or failed."""


class MissingRightError(OperateError):
    """The caller lacks the permission for an action."""


class NoCredentialsError(OperateError):
    """AWS does not accept the credentials, or the region is missing."""


class RefusedError(OperateError):
    """AWS refused a call for another reason."""


class WrongInputError(OperateError):
    """Options or files that cannot be understood or contradict each other."""

    exit_code = 2


class UnknownThingError(OperateError):
    """Neither the journal nor AWS IoT knows the thing."""

    exit_code = 2


class UnusableKeyError(OperateError):
    """The stack could not work with an API key. ``found`` says what is wrong with it, ``fix`` what to do."""

    exit_code = 4

    def __init__(self, found: str, fix: str) -> None:
        self.found, self.fix = found, fix
        super().__init__(f"{found} {fix}")


class NotConfiguredError(OperateError):
    """The function behind ``doctor --configure`` failed. The text says why and what to do."""


class NotAgreedError(OperateError):
    """The plan was not confirmed."""

    exit_code = 4


class TooManyRemovalsError(OperateError):
    """More devices would be removed or released than the limit allows."""

    exit_code = 4
