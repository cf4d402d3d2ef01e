"""Every failure a step can end with. Lambda reports ``type(exc).__name__`` to Step Functions: names are API.

Leaves of ``TransientError`` stand in Retry, leaves of ``RejectedError`` in Catch; base classes match nothing in
ASL. Leaves of ``OperatorError`` and anything unforeseen are caught by ``States.ALL``. ``RegistryAnswer`` and its
leaves never leave a step: the client raises them, the step decides what they mean for the thing.
"""

from collections.abc import Mapping


class SyncError(Exception):
    """Root for ``except``; never raised itself."""


class TransientError(SyncError):
    """The same call may succeed later: retried by the state machine, then the dead-letter queue."""


class RejectedError(SyncError):
    """No retry helps: the user corrects the thing, which raises a new event."""


class OperatorError(SyncError):
    """No retry helps and the user can't either: the operator mends the stack, then redrives."""


class RegistryThrottledError(TransientError):
    """A registry refused for rate: The Things Stack answered 429, or AWS throttled."""


class RegistryUnavailableError(TransientError):
    """No usable answer: connection refused or broken, timeout, 5xx, or an answer that is not The Things Stack's."""


class ThingBusyError(TransientError):
    """Another running execution works on this thing or device, or two transactions met."""


class SupersededError(SyncError):
    """The run was restarted from its middle, and lost its thing to another meanwhile; caught, Dispatch comes next."""


class InvalidActivityError(SyncError):
    """The webhook was called with something that is no JSON object; the text says what is wrong, never quotes it."""


class DeviceRefusedError(SyncError):
    """A device joins or sends, and gets no thing: the user is said in a thing's log, the operator in a metric."""

    def __init__(self, text: str, *, thing_name: str | None) -> None:
        """Keep the name of the thing that is in the way, so that its log can tell; None if there is none."""
        self.thing_name = thing_name
        super().__init__(text)


class MismatchingStackError(DeviceRefusedError):
    """The device or a thing with its DevEUI is another stack's, or the thing does not say whose it is."""


class MismatchingDeviceError(DeviceRefusedError):
    """The thing that is in the way is of this stack, and another device's."""


class InvalidThingError(RejectedError):
    """Attributes are missing, malformed or contradicting, or The Things Stack refuses a value on the thing.

    The text lists every problem, one ``attribute: what is accepted`` each, never a key or a code. What holds for
    several attributes is said once.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep ``problems`` (attribute name to what is accepted) as data; the text is derived from it."""
        self.problems = dict(problems)
        said: set[str] = set()
        texts = []
        for attribute, text in self.problems.items():
            texts.append(f"{attribute}: {'the same' if text in said else text}")
            said.add(text)
        super().__init__("; ".join(texts))


class DeviceConflictError(RejectedError):
    """The device ID or the EUIs belong to another device; the text names the holder."""


class ClaimRejectedError(RejectedError):
    """The Join Server refused the claim: wrong code, already claimed, not claimable or not provisioned."""


class ImmutableChangeError(RejectedError):
    """An EUI or the device ID of a registered thing changed; the text says how to get there."""


class AccessDeniedError(OperatorError):
    """The Things Stack refused the API key (401, 403, malformed token)."""


class StackConfigurationError(OperatorError):
    """The stack itself is set up wrongly: default plan or versions, server address, application, claiming."""


class PlanLimitError(OperatorError):
    """The account's plan at The Things Stack holds no more devices; the text names the limit."""


class InvalidEventError(OperatorError):
    """The message is no registry event; the text lists what is wrong with it."""


class UnexpectedAnswerError(OperatorError):
    """The Things Stack refused a call for a reason that Thingsync does not know; the text names the error."""


class UnexpectedDecisionError(OperatorError):
    """A step was handed a decision that it cannot carry out; Dispatch and the step disagree."""


class UnknownFactError(OperatorError):
    """The journal holds what a newer version of Thingsync wrote; nothing is overwritten."""


class JournalSequenceError(OperatorError):
    """The journal's facts of a thing are not numbered one after the other; nothing is overwritten."""


class OrphanedOwnerError(OperatorError):
    """The journal says that a thing owns a device, but has no facts of that thing; nothing is overwritten."""


class RegistryAnswer(SyncError):
    """What a registry said about a device or a thing; decided on by the step that asked."""


class DeviceNotFoundAnswer(RegistryAnswer):
    """The device is not in this registry (404 of its own error name)."""


class DeviceIdTakenAnswer(RegistryAnswer):
    """The application has a device of this ID already."""


class EuisTakenAnswer(RegistryAnswer):
    """A device of the deployment has this (JoinEUI, DevEUI) pair; the attributes name it where known."""

    def __init__(self, text: str, *, device_id: str | None = None, application_id: str | None = None) -> None:
        """``device_id`` and ``application_id`` name the holder; None where the server did not tell."""
        self.device_id = device_id
        self.application_id = application_id
        super().__init__(text)


class EuisFixedAnswer(RegistryAnswer):
    """The server holds this device ID with other EUIs, or as a device that does not join: neither can be changed."""


class ClaimDeniedAnswer(RegistryAnswer):
    """The Join Server denied the claim: a wrong code, or claimed already (perhaps by a call whose answer was lost)."""


class ValueRefusedAnswer(RegistryAnswer):
    """A value was refused. ``attributes`` are the thing attributes that could hold it, the likeliest first."""

    def __init__(self, text: str, *, attributes: tuple[str, ...]) -> None:
        """Keep the attribute names, so that the step can tell the thing's own values from the stack's defaults."""
        self.attributes = attributes
        super().__init__(text)


class ShadowChangedAnswer(RegistryAnswer):
    """Another writer was faster; read again."""


class JournalMovedAnswer(RegistryAnswer):
    """The thing's stream has grown since it was read; read again."""


class ThingExistsAnswer(RegistryAnswer):
    """There is a thing of this name already, and it is another one than was to be made."""


class ThingGoneAnswer(RegistryAnswer):
    """The thing has just been deleted."""


class OwnerHeldAnswer(RegistryAnswer):
    """The device ID is another thing's."""

    def __init__(self, device_id: str, *, thing_id: str, thing_name: str, is_reserved: bool = False) -> None:
        """Keep whose it is, so that the step can ask whether that thing is still there.

        ``is_reserved``: the thing is being made from its device, so that the journal knows nothing of it yet.
        """
        self.device_id, self.thing_id, self.thing_name, self.is_reserved = device_id, thing_id, thing_name, is_reserved
        super().__init__(f"Device ID {device_id} belongs to thing {thing_name} ({thing_id}).")


def leaf_names(root: type[SyncError]) -> set[str]:
    """Return the class names that ASL must spell out for ``root``."""
    children = root.__subclasses__()
    return set().union(*map(leaf_names, children)) if children else {root.__name__}
