"""One thing, for people."""

from typing import TYPE_CHECKING

from operate.rendering.console import grid, out, styled
from operate.views.thing import ThingView
from operate.views.times import moment

if TYPE_CHECKING:
    from rich.text import Text

_COLOURS = {"registered": "green", "rejected": "yellow", "failed": "red", "unknown": "red"}


def show_thing(view: ThingView) -> None:
    rows = grid("whole", "folded", gap=2)
    for name, value in _lines(view):
        if value:
            rows.add_row(styled(name, "dim"), value)
    out.print(rows)


def _lines(view: ThingView) -> "list[tuple[str, str | Text | None]]":
    snapshot = view.snapshot
    return [
        ("thing", f"{view.thing_name}{'' if view.exists else ' (deleted)'}"),
        ("ID", f"{view.thing_id}{f', version {view.version_number}' if view.version_number else ''}"),
        ("status", styled(view.status, _COLOURS.get(view.status, ""))),
        ("since", moment(snapshot.at) if snapshot else None),
        ("device", _device(view)),
        *(("" if number else "differs", each) for number, each in enumerate(view.differences)),
        ("error", view.trouble.error_name if view.trouble else None),
        ("it says", view.message),
        ("last run", snapshot.state.latest_run if snapshot else None),
        ("to do", view.what_to_do),
    ]


def _device(view: ThingView) -> str | None:
    device = view.snapshot.state.device if view.snapshot else None
    return f"{device.device_id} ({device.method})" if device else view.device_id
