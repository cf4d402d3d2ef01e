"""Failures of equal reasons: the things of a fleet share a few mistakes. Pure."""

import re
from collections.abc import Iterable

from operate.views.failures import FailedThing
from workflows.domain.correction import Correction
from workflows.domain.error_text import without_codes
from workflows.values import value

NO_REASON = "The journal has no text of this error; the cause of the run has it."
# What a text says instead of a name that differs from thing to thing.
_ANY = "…"
_EUI = re.compile(r"(?<![\w-])(?:eui-)?[0-9A-Fa-f]{16}(?![\w-])")
# Behind these words, a word with a digit or a sign within is a name.
_NAMED = re.compile(r"\b([Tt]hing|[Dd]evice|[Dd]evice ID|[Rr]un) (?=[\w:-]*[\d_:-])[A-Za-z0-9][\w:-]*\b")
_SUGGESTED = re.compile(rf"; use (?:{_ANY}|[0-9a-z-]+\b)")


@value
class ReasonGroup:
    """Things that failed or were rejected for one reason, by name; at least one."""

    failures: tuple[FailedThing, ...]

    @property
    def first(self) -> FailedThing:
        return self.failures[0]

    @property
    def correction(self) -> Correction | None:
        """How to correct the first thing."""
        return self.first.correction

    def reason(self, *, verbose: bool = False) -> str:
        """Return the reason without the names in which the things differ."""
        if len(self.failures) == 1:
            return reason_of(self.first, verbose=verbose)
        return _anonymous(self.first, verbose=verbose)


@value
class ErrorGroup:
    """All things with one error; ``reasons`` are sorted by the number of things."""

    error_name: str
    reasons: tuple[ReasonGroup, ...]

    @property
    def first(self) -> FailedThing:
        return self.reasons[0].first

    @property
    def count(self) -> int:
        return sum(len(each.failures) for each in self.reasons)


def by_error_and_reason(failures: Iterable[FailedThing]) -> list[ErrorGroup]:
    """Group the failures; the groups of the most things come first."""
    found: dict[str, dict[str, list[FailedThing]]] = {}
    for each in failures:
        found.setdefault(each.error_name, {}).setdefault(_anonymous(each), []).append(each)
    groups = [ErrorGroup(name, _sorted(reasons.values())) for name, reasons in found.items()]
    return sorted(groups, key=lambda each: -each.count)


def _sorted(reasons: Iterable[list[FailedThing]]) -> tuple[ReasonGroup, ...]:
    by_count = sorted(reasons, key=lambda each: -len(each))
    return tuple(ReasonGroup(tuple(sorted(each, key=lambda failure: failure.thing_name))) for each in by_count)


def reason_of(failure: FailedThing, *, verbose: bool = False) -> str:
    """Return why the thing failed; ``verbose``: with the codes of The Things Stack."""
    return (failure.message if verbose else without_codes(failure.message)) or NO_REASON


def _anonymous(failure: FailedThing, *, verbose: bool = False) -> str:
    text = reason_of(failure, verbose=verbose)
    own = {failure.thing_name, failure.thing_id, failure.device_id or "", failure.dev_eui, failure.change.run}
    # Most texts hold none of them: then nothing is compiled, ten thousand times.
    found = [name for name in own if name and name.lower() in text.lower()]
    for name in sorted(found, key=len, reverse=True):
        text = re.sub(rf"(?<![\w:-]){re.escape(name)}(?![\w:-])", _ANY, text, flags=re.IGNORECASE)
    return _SUGGESTED.sub("", _NAMED.sub(rf"\1 {_ANY}", _EUI.sub(_ANY, text)))
