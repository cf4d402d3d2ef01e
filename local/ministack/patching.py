"""How a patch gets in: a function of MiniStack's is replaced only if its source is the one the patch was made for."""

import hashlib
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

FINGERPRINT_DIGITS = 12

Replacement = Callable[..., Any]
Response = tuple[int, dict[str, str], bytes]
"""What MiniStack's services answer: status, headers, body."""
Operation = Callable[..., Response]


class UnexpectedSourceError(Exception):
    """MiniStack's code is not what a patch was written against: read it again, then adapt or drop the patch."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One replaced function.

    Attributes:
        module: the module that holds the name (where callers look it up), inside the package.
        function: the function's name.
        fingerprint: what ``fingerprint_of`` says about the function's source.
        replacement: given the original, returns what replaces it.
    """

    module: str
    function: str
    fingerprint: str
    replacement: Callable[[Replacement], Replacement]

    def apply(self) -> None:
        """Replace the function.

        Raises:
            UnexpectedSourceError: the function is gone or its source has changed.
        """
        module = ministack_module(self.module)
        original = getattr(module, self.function, None)
        found = "missing" if original is None else fingerprint_of(original)
        if original is None or found != self.fingerprint:
            raise UnexpectedSourceError(f"{self.module}.{self.function}: expected {self.fingerprint}, found {found}")
        setattr(module, self.function, self.replacement(original))


def ministack_module(name: str) -> ModuleType:
    """A module of MiniStack's by its dotted name inside the package; untyped, as MiniStack is."""
    return importlib.import_module(f"ministack.{name}")


def refused(code: str, message: str, status: int = 400) -> Response:
    """An AWS error as MiniStack sends it."""
    answer: Response = ministack_module("core.responses").error_response_json(code, message, status)
    return answer


def fingerprint_of(function: Replacement) -> str:
    source = inspect.getsource(function).encode()
    return hashlib.sha256(source).hexdigest()[:FINGERPRINT_DIGITS]
