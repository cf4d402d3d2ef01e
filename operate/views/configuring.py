"""What the function behind ``thingsync doctor --configure`` answers: what it did, or why it failed. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

from workflows.domain.error_text import without_codes
from workflows.errors import SyncError, leaf_names
from workflows.values import value

_OURS = leaf_names(SyncError)
CONFIGURE = "thingsync doctor --configure"
# The function's texts are for a first deployment, too; here none is needed.
_OF_A_DEPLOYMENT = re.compile(r" ?\(If a first deployment failed[^)]*\)")
_REFUSED_KEY = "AccessDeniedError"
_NO_ANSWER = ("RegistryUnavailableError", "RegistryThrottledError")


@value
class ConfigureAnswer:
    """``done``: what was done, in order. ``problem`` says why it failed and what to do; empty if it did not fail.

    ``is_refused``: it failed because The Things Stack refuses the API key.
    """

    done: tuple[str, ...] = ()
    problem: str = ""
    is_refused: bool = False


def answer_in(text: str, *, has_failed: bool, log_group: str) -> ConfigureAnswer:
    """Read the function's answer; ``has_failed``: Lambda says that the function raised an error."""
    answer = _mapping(text)
    if not has_failed:
        return ConfigureAnswer(done=tuple(filter(None, str(answer.get("Reason", "")).split("; "))))
    return ConfigureAnswer(problem=_problem(answer, log_group), is_refused=answer.get("errorType") == _REFUSED_KEY)


def _mapping(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _problem(answer: Mapping[str, Any], log_group: str) -> str:
    """Name only errors of ours by their text; any other could contain anything, and its log says more."""
    error_name = str(answer.get("errorType", ""))
    if error_name not in _OURS:
        named = f"ended with {error_name}" if error_name else "failed"
        return f"The function {named}. Its log group {log_group} shows why. It is safe to run `{CONFIGURE}` again."
    text = _OF_A_DEPLOYMENT.sub("", without_codes(str(answer.get("errorMessage", "")))).rstrip(".")
    if error_name in _NO_ANSWER:
        return f"{text}. Try again when it answers: `{CONFIGURE}`."
    if error_name == _REFUSED_KEY and "key rotate" not in text:
        return f"{text}. To replace the key: `thingsync key rotate`."
    return f"{text}."
