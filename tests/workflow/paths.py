"""The ways through the state machine: the states that a run enters, in order."""

_DECIDED = ("ValidateEvent", "NameDevice", "Dispatch")
_CREATE = (*_DECIDED, "Route", "CreateDevice")
_CLAIM = (*_DECIDED, "Route", "ClaimDevice")
_REJECTED = ("ReportRejection", "Failed")
_FAILED = ("ReportFailure", "DeadLetter", "Failed")

CREATED = (*_CREATE, "ReportOutcome", "Done")
CLAIMED = (*_CLAIM, "ReportOutcome", "Done")
SKIPPED = (*_DECIDED, "Route", "Skip", "ReportOutcome", "Done")

DISPATCH_REJECTED = (*_DECIDED, *_REJECTED)
CREATE_REJECTED = (*_CREATE, "UndoDevice", *_REJECTED)
CLAIM_REJECTED = (*_CLAIM, "UndoDevice", *_REJECTED)

VALIDATE_FAILED = ("ValidateEvent", *_FAILED)
NAME_FAILED = ("ValidateEvent", "NameDevice", *_FAILED)
DISPATCH_FAILED = (*_DECIDED, *_FAILED)
CREATE_FAILED = (*_CREATE, *_FAILED)
CLAIM_FAILED = (*_CLAIM, *_FAILED)
CREATE_UNDO_FAILED = (*_CREATE, "UndoDevice", *_FAILED)
CLAIM_UNDO_FAILED = (*_CLAIM, "UndoDevice", *_FAILED)
REPORT_FAILED = (*_CREATE, "ReportOutcome", *_FAILED)
REJECTION_UNTOLD = (*_DECIDED, "ReportRejection", "DeadLetter", "Failed")
