"""What became of a change of a thing's attributes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from operate.views.replay import GOOD_OUTCOMES, ReplayOutcome

SetOutcome = ReplayOutcome | Literal["unchanged"]


@dataclass(frozen=True, slots=True)
class ChangedAttribute:
    """Texts for people; both None for a secret."""

    attribute: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SetResult:
    """``error_name`` and ``reason`` if the change was not sent, failed or was rejected."""

    thing_name: str
    thing_id: str
    changes: tuple[ChangedAttribute, ...]
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
        "changes": _changes_json(result.changes),
        "outcome": result.outcome,
        "error": result.error_name,
        "reason": result.reason,
    }


def _changes_json(changes: Sequence[ChangedAttribute]) -> list[dict[str, Any]]:
    return [{"attribute": each.attribute, "before": each.before, "after": each.after} for each in changes]
