"""An error of The Things Stack together with the call that met it, as an operator reads it."""

import re
from dataclasses import dataclass

from workflows.adapters.things_stack.answers import Answer, ErrorDetails
from workflows.adapters.things_stack.calls import Call
from workflows.adapters.things_stack.fields import quoted_fields

_RIGHT = re.compile(r"RIGHT_[A-Z_]+")


@dataclass(frozen=True, slots=True)
class RefusedCall:
    call: Call
    answer: Answer
    error: ErrorDetails

    def says(self, text: str) -> str:
        """Name the call, what was refused, and the error as The Things Stack names it."""
        return f"{self.call}: {text} ({self.answer.status} {self.error.name or 'without an error name'})"

    def attribute(self, key: str) -> str | None:
        value = self.error.attributes.get(key)
        return value if isinstance(value, str) else None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in question; where the server names only the message around them, those it quotes the value of."""
        quoted = quoted_fields(self.call.body, self.error.words)
        return tuple(field for field in quoted if field.startswith(self.error.path)) or (self.error.path,)

    @property
    def reason(self) -> str:
        """The server's words on the refused field, unless the call carried a key or code that they may quote."""
        return "" if self.call.secret else self.error.reason

    @property
    def missing_rights(self) -> list[str]:
        return _RIGHT.findall(str(self.error.attributes.get("missing", "")))
