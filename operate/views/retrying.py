"""What runs wait for: the failed tries of the state that Step Functions repeats, read from their histories. Pure.

A retry's pause is random (full jitter), so only the latest time of the next try is known.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from operate.views.times import iso
from workflows.domain.error_text import without_codes
from workflows.errors import TransientError, leaf_names
from workflows.values import value

_ENTERED = "StateEntered"
_OURS = leaf_names(TransientError)
# Adapters begin the texts of AWS's own errors so; all others are about The Things Stack.
_BY_AWS = "AWS "
_MEANINGS = {
    "RegistryUnavailableError": "The Things Stack does not answer",
    "RegistryThrottledError": "The Things Stack throttles",
    "ThingBusyError": "another run works on the same thing or device",
    "Lambda.TooManyRequestsException": "Lambda throttles the functions",
}
_MEANINGS_BY_AWS = {
    "RegistryUnavailableError": "AWS does not answer",
    "RegistryThrottledError": "AWS throttles",
}
# A run that waits for another one says nothing about the cause.
_CONSEQUENCES = ("ThingBusyError",)


@value
class HistoryEvent:
    """An event of a run's history: it entered a state, or a try failed (``error_name`` is set), or another."""

    kind: str
    at: datetime
    state_name: str = ""
    error_name: str = ""
    cause: str = ""


@value
class Retrier:
    """How a state repeats a try that failed with one of ``error_names``."""

    error_names: tuple[str, ...]
    max_retries: int
    interval_s: float
    backoff: float
    max_delay_s: float

    def delay_s(self, retry: int) -> float:
        """Return the longest pause before this retry, counted from 1."""
        return float(min(self.max_delay_s, self.interval_s * self.backoff ** (retry - 1)))


@value
class Retry:
    """A run repeats a try: ``retry`` of ``max_retries`` comes next or is under way. ``message``: the last error's text.

    ``max_retries`` is 0 if the definition does not say it. ``next_by`` is the latest time of the next try.
    """

    run: str
    state_name: str
    error_name: str
    message: str
    retry: int
    max_retries: int
    failed_at: datetime
    next_by: datetime | None

    @property
    def meaning(self) -> str:
        found = _MEANINGS_BY_AWS.get(self.error_name) if self.message.startswith(_BY_AWS) else None
        return found or _MEANINGS.get(self.error_name, f"{self.error_name} from Lambda")

    @property
    def tries(self) -> str:
        return f"retry {self.retry} of {self.max_retries}" if self.max_retries else f"retry {self.retry}"

    def __str__(self) -> str:
        last = without_codes(self.message) or self.error_name
        return f"{self.meaning} ({self.tries}, last: {last.rstrip('.')})"


@value
class Retrying:
    """What runs wait for: ``furthest`` has made the most tries; ``runs`` of the ``checked`` ones wait so."""

    furthest: Retry
    runs: int
    checked: int

    def __str__(self) -> str:
        return str(self.furthest)


def retriers_in(definition: str) -> Mapping[str, Sequence[Retrier]]:
    """Read the retriers of each state from the definition of the state machine."""
    states: Mapping[str, Any] = json.loads(definition).get("States", {})
    return {name: tuple(map(_retrier, state.get("Retry", ()))) for name, state in states.items()}


def _retrier(retry: Mapping[str, Any]) -> Retrier:
    """Source of the defaults: Amazon States Language, "Retrying after error"."""
    return Retrier(
        error_names=tuple(retry["ErrorEquals"]),
        max_retries=retry.get("MaxAttempts", 3),
        interval_s=retry.get("IntervalSeconds", 1),
        backoff=retry.get("BackoffRate", 2),
        max_delay_s=retry.get("MaxDelaySeconds", float("inf")),
    )


def failed_tries(latest_first: Iterable[HistoryEvent]) -> tuple[str, list[HistoryEvent]]:
    """Return the state that the run is in, and its failed tries since it was entered, the latest first."""
    failed: list[HistoryEvent] = []
    for event in latest_first:
        if event.kind.endswith(_ENTERED):
            return event.state_name, failed
        if event.error_name:
            failed.append(event)
    return "", failed


def retry_of(run: str, latest_first: Iterable[HistoryEvent], retriers: Mapping[str, Sequence[Retrier]]) -> Retry | None:
    """Return the retry that the run waits for; None if no try of its present state has failed.

    Step Functions counts the retries of each retrier by themselves.
    """
    state_name, failed = failed_tries(latest_first)
    if not failed:
        return None
    last = failed[0]
    retrier = next((each for each in retriers.get(state_name, ()) if last.error_name in each.error_names), None)
    names = retrier.error_names if retrier else (last.error_name,)
    count = sum(event.error_name in names for event in failed)
    return Retry(
        run=run,
        state_name=state_name,
        error_name=last.error_name,
        message=_message(last),
        retry=count,
        max_retries=retrier.max_retries if retrier else 0,
        failed_at=last.at,
        next_by=last.at + timedelta(seconds=retrier.delay_s(count)) if retrier else None,
    )


def _message(event: HistoryEvent) -> str:
    """Return the text of an error of ours; any other could contain anything, even a key."""
    if event.error_name not in _OURS:
        return ""
    try:
        return str(json.loads(event.cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return ""


def summarize(retries: Sequence[Retry | None]) -> Retrying | None:
    """Return what most of the runs wait for; None if none of them repeats anything."""
    found = [retry for retry in retries if retry]
    causes = [retry for retry in found if retry.error_name not in _CONSEQUENCES] or found
    if not causes:
        return None
    groups: dict[str, list[Retry]] = {}
    for retry in causes:
        groups.setdefault(retry.meaning, []).append(retry)
    largest = max(groups.values(), key=len)
    return Retrying(max(largest, key=lambda retry: retry.retry), len(largest), len(retries))


def retrying_json(retrying: Retrying | None) -> dict[str, object] | None:
    if retrying is None:
        return None
    return {**retry_json(retrying.furthest), "runs": retrying.runs, "checkedRuns": retrying.checked}


def retry_json(retry: Retry) -> dict[str, object]:
    return {
        "meaning": retry.meaning,
        "error": retry.error_name,
        "message": retry.message,
        "retry": retry.retry,
        "maxRetries": retry.max_retries or None,
        "state": retry.state_name,
        "run": retry.run,
        "failedAt": iso(retry.failed_at),
        "nextTryBy": iso(retry.next_by) if retry.next_by else None,
    }
