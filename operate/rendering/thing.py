"""One thing, for people."""

from rich.table import Table
from rich.text import Text

from operate.rendering.console import out
from operate.views.thing import ThingView
from operate.views.times import moment

_COLOURS = {"registered": "green", "rejected": "yellow", "failed": "red", "unknown": "red"}


def show_thing(view: ThingView) -> None:
    rows = Table.grid(padding=(0, 2), pad_edge=False)
    rows.add_column(no_wrap=True, style="dim")
    rows.add_column(overflow="fold")
    for name, value in _lines(view):
        if value:
            rows.add_row(name, value if isinstance(value, Text) else Text(value))
    out.print(rows)


def _lines(view: ThingView) -> list[tuple[str, str | Text | None]]:
    head = view.head
    error = (view.reported or {}).get("error")
    return [
        ("thing", f"{view.thing_name}{'' if view.exists else ' (deleted)'}"),
        ("ID", f"{view.thing_id}{f', version {view.version_number}' if view.version_number else ''}"),
        ("status", Text(view.status, style=_COLOURS.get(view.status, ""))),
        ("since", moment(head.at) if head else None),
        ("device", _device(view)),
        ("error", view.trouble.error_name if view.trouble else None),
        ("it says", str(error["message"]) if view.trouble and isinstance(error, dict) else None),
        ("last run", head.state.latest_run if head else None),
        ("to do", view.what_to_do),
    ]


def _device(view: ThingView) -> str | None:
    device = view.head.state.device if view.head else None
    return f"{device.device_id} ({device.method})" if device else view.device_id
