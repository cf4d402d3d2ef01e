"""What became of a change of a thing's attributes. Pure."""

from collections.abc import Iterable
from typing import Any, Literal

from operate.views.replay import GOOD_OUTCOMES, ReplayOutcome
from operate.views.wording import NOT_GIVEN
from workflows.values import value

SetOutcome = ReplayOutcome | Literal["unchanged"]


@value
class AttributeChange:
    """``before`` and ``after`` are texts for people, None where the thing has none.

    Of a secret neither is shown: ``after`` is what was done. ``note`` says when the change counts, if that is not at
    once.
    """

    attribute: str
    before: str | None
    after: str | None
    is_secret: bool = False
    note: str = ""

    def __str__(self) -> str:
        note = f" ({self.note})" if self.note else ""
        if self.before is None and (self.after is None or self.is_secret):
            return f"{self.attribute}: {self.after or 'removed'}{note}"
        return f"{self.attribute}: {self.before or NOT_GIVEN} → {self.after or NOT_GIVEN}{note}"


@value
class SetResult:
    """``error_name`` and ``reason`` if the change was not sent, failed or was rejected."""

    thing_name: str
    thing_id: str
    changes: tuple[AttributeChange, ...]
    outcome: SetOutcome
    error_name: str | None = None
    reason: str = ""

    @property
    def is_good(self) -> bool:
        return self.outcome in (*GOOD_OUTCOMES, "unchanged")


def set_json(results: Iterable[SetResult]) -> dict[str, Any]:
    return {"things": [_thing_json(each) for each in results]}


def _thing_json(result: SetResult) -> dict[str, Any]:
    return {
        "thingName": result.thing_name,
        "thingId": result.thing_id,
        "changes": [_change_json(each) for each in result.changes],
        "outcome": result.outcome,
        "error": result.error_name,
        "reason": result.reason,
    }


def _change_json(change: AttributeChange) -> dict[str, str | None]:
    after = None if change.is_secret else change.after
    return {"attribute": change.attribute, "before": change.before, "after": after}
