"""Show what a restore would do, and what became of it."""

from collections import Counter
from collections.abc import Sequence

from operate.rendering.console import err, out, styled, table
from operate.views.restoring import DeletedThing, NotRestored, RestoreResult
from operate.views.wording import plural

SHOWN = 20
_WHERE = {"there": "is still there", "gone": "is gone: keys needed"}
_COLOURS = {"registered": "green", "adopted": "green", "rejected": "yellow", "created": "dim"}


def show_restore_plan(planned: Sequence[DeletedThing], others: Sequence[NotRestored]) -> None:
    if planned:
        rows = table("Thing", "Device", "The device", whole=("The device",))
        for each in planned[:SHOWN]:
            rows.add_row(each.thing_name, each.device.device_id, _WHERE[each.whereabouts])
        err.print(rows)
        if len(planned) > SHOWN:
            err.print(f"… and {len(planned) - SHOWN:,} more.")
        err.print(_summary(planned))
    for other in others[:SHOWN]:
        err.print(f"{other.thing_name}: {other.reason}.")
    if len(others) > SHOWN:
        err.print(f"… and {len(others) - SHOWN:,} more that are not restored.")


def _summary(planned: Sequence[DeletedThing]) -> str:
    there = sum(each.whereabouts == "there" for each in planned)
    gone = len(planned) - there
    parts = [
        f"with the device as it is: {there:,}" if there else "",
        f"without a device, until it gets its keys: {gone:,}" if gone else "",
    ]
    return f"To be made again: {len(planned):,} ({'; '.join(filter(None, parts))})."


def show_results(results: Sequence[RestoreResult], *, settled: int) -> None:
    counts = Counter("need keys" if each.needs_keys else each.outcome for each in results)
    for each in (one for one in results if not one.is_good and not one.needs_keys):
        out.print(styled(f"{each.planned.thing_name}: {each.outcome}", _COLOURS.get(each.outcome, "red")))
        out.print(f"  {each.reason or 'no outcome yet'}")
    for outcome, count in counts.most_common():
        out.print(f"{count:>7,} {outcome}", style=_COLOURS.get(outcome, "yellow"))
    if settled:
        out.print(
            f"The held deletions of {plural(settled, 'former thing')} are back in the queue. They remove nothing."
        )
    keyless = [each for each in results if each.needs_keys]
    if keyless:
        out.print("The Things Stack has no device any more for these things. Give each its keys:")
    for each in keyless:
        out.print(each.planned.command, soft_wrap=True)
