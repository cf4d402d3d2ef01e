"""Every failure with which a step can end. Lambda reports ``type(exc).__name__`` to Step Functions: names are API.

ASL matches exact names, never base classes. Retry lists the leaves of ``TransientError``, Catch those of
``RejectedError``. ``States.ALL`` catches the leaves of ``OperatorError`` and everything unforeseen. ``RegistryAnswer``
and its leaves never leave a step: the client raises them, and the step decides what they mean for the thing.
"""

from collections.abc import Mapping


class SyncError(Exception):
    """Root for ``except``; never raised itself."""


class TransientError(SyncError):
    """The same call may succeed later. The state machine retries it; then the event goes to the dead-letter queue."""


class RejectedError(SyncError):
    """No retry helps. The user must correct the thing, which raises a new event."""


class OperatorError(SyncError):
    """No retry helps, and the user cannot help. The operator must fix the cause, then redrive."""


class RegistryThrottledError(TransientError):
    """A registry throttled: The Things Stack answered 429, or AWS throttled the call."""


class RegistryUnavailableError(TransientError):
    """No usable answer: connection refused or broken, timeout, 5xx, or an answer that is not from The Things Stack."""


class ThingBusyError(TransientError):
    """Another run works on this thing or device, or two transactions collided."""


class SupersededError(SyncError):
    """The run was restarted in its middle after another run took its thing over. Dispatch decides again."""


class InvalidActivityError(SyncError):
    """The webhook or the queue got no valid activity. The text says what is wrong and never quotes the message."""


class DeviceRefusedError(SyncError):
    """A device joins or sends but gets no thing. A thing's log shows the user why; a metric shows the operator."""

    def __init__(self, text: str, *, thing_name: str | None) -> None:
        """``thing_name`` is the thing in the way, whose log shows this error; None if there is none."""
        self.thing_name = thing_name
        super().__init__(text)


class MismatchingStackError(DeviceRefusedError):
    """The device, or a thing with its DevEUI, belongs to another stack; or the thing names no stack."""


class MismatchingDeviceError(DeviceRefusedError):
    """The thing in the way belongs to this stack and to another device."""


class InvalidThingError(RejectedError):
    """Attributes are missing, malformed or contradict each other, or The Things Stack refuses a value of the thing.

    The text lists every problem as ``attribute: what is accepted``. It never shows a key or a code. A text for several
    attributes appears once.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        """``problems`` maps attribute names to what is accepted; the error's text is made from it."""
        self.problems = dict(problems)
        said: set[str] = set()
        texts = []
        for attribute, text in self.problems.items():
            texts.append(f"{attribute}: {'the same' if text in said else text}")
            said.add(text)
        super().__init__("; ".join(texts))


class DeviceConflictError(RejectedError):
    """The device ID or the EUIs belong to another device. The text names it."""


class ClaimRejectedError(RejectedError):
    """The Join Server refused the claim: wrong code, or the device is claimed, not claimable or not provisioned."""


class ImmutableChangeError(RejectedError):
    """An EUI or the device ID of a registered thing changed. The text says what to do instead."""


class AccessDeniedError(OperatorError):
    """The Things Stack refused the API key (401, 403, malformed token).

    ``refused_as`` is its own name for the reason, such as ``pkg/identityserver:api_key_expired``; empty if not known.
    """

    refused_as: str = ""


class StackConfigurationError(OperatorError):
    """The stack is set up wrongly: default plan or versions, server address, application, claiming."""


class PlanLimitError(OperatorError):
    """The account's plan at The Things Stack allows no more devices. The text names the limit."""


class InvalidEventError(OperatorError):
    """The message is no registry event. The text lists what is wrong with it."""


class UnexpectedAnswerError(OperatorError):
    """The Things Stack refused a call for a reason that Thingsync does not know. The text names the error."""


class UnexpectedDecisionError(OperatorError):
    """A step got a decision that it cannot carry out: Dispatch and the step disagree."""


class UnknownFactError(OperatorError):
    """A newer version of Thingsync wrote an item of the journal. Nothing was overwritten."""


class JournalSequenceError(OperatorError):
    """The facts of a thing in the journal are not numbered one after the other. Nothing was overwritten."""


class OrphanedOwnerError(OperatorError):
    """In the journal a thing owns a device, but the thing has no facts. Nothing was overwritten."""


class DeletionHeldError(OperatorError):
    """More things were deleted in this hour than the stack may remove devices. The device stays until people agree."""


class UnreportedRunError(OperatorError):
    """A run ended without writing its outcome to the journal. Another run found that and recorded the failure."""


class RegistryAnswer(SyncError):
    """What a registry answered about a device or a thing. The step that called decides what it means."""


class DeviceNotFoundAnswer(RegistryAnswer):
    """This registry does not have the device (404 with the error name for that)."""


class DeviceIdTakenAnswer(RegistryAnswer):
    """The application already has a device with this ID."""


class EuisTakenAnswer(RegistryAnswer):
    """Another record has this pair of JoinEUI and DevEUI. The attributes name its device, if the server did."""

    def __init__(self, text: str, *, device_id: str | None = None, application_id: str | None = None) -> None:
        """``device_id`` and ``application_id`` name the holder; None if the server did not name it."""
        self.device_id = device_id
        self.application_id = application_id
        super().__init__(text)


class EuisFixedAnswer(RegistryAnswer):
    """The server has this device ID with other EUIs, or as one that is activated otherwise. Neither can be changed."""


class ClaimDeniedAnswer(RegistryAnswer):
    """The Join Server denied the claim: a wrong code, or already claimed (perhaps by a call whose answer was lost)."""


class NoDeviceRepositoryAnswer(RegistryAnswer):
    """This deployment of The Things Stack has no Device Repository."""


class ValueRefusedAnswer(RegistryAnswer):
    """A value was refused. ``attributes`` are the thing attributes that could hold it, the likeliest first."""

    def __init__(self, text: str, *, attributes: tuple[str, ...]) -> None:
        """The step compares ``attributes`` with the stack's defaults to find whose value was refused."""
        self.attributes = attributes
        super().__init__(text)


class ShadowChangedAnswer(RegistryAnswer):
    """Another writer was faster. Read again."""


class JournalMovedAnswer(RegistryAnswer):
    """The thing's stream has grown since it was read. Read again."""


class ThingExistsAnswer(RegistryAnswer):
    """A thing with this name exists, and it differs from the one to be created."""


class ThingGoneAnswer(RegistryAnswer):
    """The thing has just been deleted."""


class ThingRefusedAnswer(RegistryAnswer):
    """AWS IoT refuses what was to be written to the thing, and will again. The text may quote it: never log it."""


class OwnerHeldAnswer(RegistryAnswer):
    """Another thing owns the device ID."""

    def __init__(self, device_id: str, *, thing_id: str, thing_name: str, is_reserved: bool = False) -> None:
        """``thing_id`` and ``thing_name`` name the owner, so the step can check whether that thing still exists.

        ``is_reserved``: the thing is made from its device, and the journal has no facts of it yet.
        """
        self.device_id, self.thing_id, self.thing_name, self.is_reserved = device_id, thing_id, thing_name, is_reserved
        super().__init__(f"Device ID {device_id} belongs to thing {thing_name} ({thing_id}).")


def leaf_names(root: type[SyncError]) -> set[str]:
    """Return the class names that ASL must list for ``root``."""
    children = root.__subclasses__()
    return set().union(*map(leaf_names, children)) if children else {root.__name__}
