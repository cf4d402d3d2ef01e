"""The ways through the state machine: the states that a run enters, in order."""

DECIDED = ("ValidateEvent", "NameDevice", "Dispatch")
_CREATE = (*DECIDED, "Route", "CreateDevice")
_CLAIM = (*DECIDED, "Route", "ClaimDevice")
_UPDATE = (*DECIDED, "Route", "UpdateDevice")
_REMOVE = (*DECIDED, "Route", "RemoveDevice")
_DONE = ("ReportOutcome",)
_REJECTED = ("ReportRejection", "Failed")
_FAILED = ("ReportFailure", "DeadLetter", "Failed")

CREATED = (*_CREATE, *_DONE)
CLAIMED = (*_CLAIM, *_DONE)
UPDATED = (*_UPDATE, *_DONE)
REMOVED = (*_REMOVE, *_DONE)
RELEASED = MIRRORED = SKIPPED = (*DECIDED, "Route", *_DONE)  # nothing to call

DISPATCH_REJECTED = (*DECIDED, *_REJECTED)
CREATE_REJECTED = (*_CREATE, "UndoDevice", *_REJECTED)
CLAIM_REJECTED = (*_CLAIM, "UndoDevice", *_REJECTED)
UPDATE_REJECTED = (*_UPDATE, "UndoDevice", *_REJECTED)

VALIDATE_FAILED = ("ValidateEvent", *_FAILED)
NAME_FAILED = ("ValidateEvent", "NameDevice", *_FAILED)
DISPATCH_FAILED = (*DECIDED, *_FAILED)
CREATE_FAILED = (*_CREATE, *_FAILED)
CLAIM_FAILED = (*_CLAIM, *_FAILED)
UNKNOWN_FAILED = (*DECIDED, "Route", "UnknownDecision", *_FAILED)
UPDATE_FAILED = (*_UPDATE, *_FAILED)
REMOVE_FAILED = (*_REMOVE, *_FAILED)
CREATE_UNDO_FAILED = (*_CREATE, "UndoDevice", *_FAILED)
CLAIM_UNDO_FAILED = (*_CLAIM, "UndoDevice", *_FAILED)
REPORT_FAILED = (*_CREATE, "ReportOutcome", *_FAILED)
REJECTION_UNREPORTED = (*DECIDED, "ReportRejection", "DeadLetter", "Failed")


def decided_again(state, after):
    """Return the way of a run that found in ``state`` that it had lost its thing; ``after`` is another's way."""
    return (*DECIDED, "Route", state, "ThingLost", "DecideAgain", *after[len(DECIDED) - 1 :])
