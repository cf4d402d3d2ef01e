"""The result of ``thingsync key rotate``. Pure."""

from operate.views.messages import RedriveResult, redrive_json
from workflows.values import value


@value
class Rotation:
    """``written``: the secret got another key. ``done``: what Configure did; ``problem``: why it failed, if it did.

    ``redrive`` is None if there was nothing to redrive, or nobody wanted it.
    """

    stack_name: str
    application_id: str
    written: bool
    done: tuple[str, ...] = ()
    problem: str = ""
    redrive: RedriveResult | None = None

    @property
    def is_good(self) -> bool:
        return not self.problem and (self.redrive is None or self.redrive.is_good)


def rotation_json(rotation: Rotation) -> dict[str, object]:
    return {
        "stack": rotation.stack_name,
        "application": rotation.application_id,
        "ok": rotation.is_good,
        "keyWritten": rotation.written,
        "configured": list(rotation.done),
        "problem": rotation.problem or None,
        "redrive": redrive_json(rotation.redrive) if rotation.redrive else None,
    }
