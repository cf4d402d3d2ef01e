"""An error of The Things Stack together with the call that met it, as an operator reads it."""

import re
from collections.abc import Mapping

from workflows.adapters.things_stack.answers import Answer, ErrorDetails
from workflows.adapters.things_stack.calls import Call
from workflows.adapters.things_stack.fields import quoted_fields
from workflows.domain.error_text import with_code
from workflows.values import value

_RIGHT = re.compile(r"RIGHT_[A-Z_]+")


@value
class RefusedCall:
    call: Call
    answer: Answer
    error: ErrorDetails

    def says(self, text: str, advice: str = "") -> str:
        """Say what was not done, why, what to do, and last the error as The Things Stack names it."""
        return self._with_code(f"{self.call}: {text}{f'. {advice}' if advice else ''}")

    def refuses(self, text: str, advice: str = "") -> str:
        """Say the same about a value of the thing: the error puts its attribute before the text."""
        return self._with_code(f"{text} (refused by the {self.call.server_name}){f'. {advice}' if advice else ''}")

    def _with_code(self, text: str) -> str:
        return with_code(text, self.answer.status, self.error.name)

    def attribute(self, key: str) -> str | None:
        value = self.error.attributes.get(key)
        return value if isinstance(value, str) else None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in question; where the server names only the message around them, those it quotes the value of."""
        quoted = quoted_fields(self.call.body, self.error.words)
        return tuple(field for field in quoted if field.startswith(self.error.path)) or (self.error.path,)

    @property
    def device_sent(self) -> Mapping[str, object]:
        """The end device in the request."""
        match self.call.body:
            case {"end_device": dict(device)}:
                return device
            case _:
                return {}

    @property
    def reason(self) -> str:
        """The server's words on the refused field, unless the call carried a key or code that they may quote."""
        return "" if self.call.secret else self.error.reason

    @property
    def missing_rights(self) -> list[str]:
        return _RIGHT.findall(str(self.error.attributes.get("missing", "")))
