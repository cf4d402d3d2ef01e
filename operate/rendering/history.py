"""The lives of things under one name, for people: the oldest first, as one reads."""

from operate.rendering.console import joined, out, styled, table
from operate.views.history import Life, in_words
from operate.views.links import console_link
from operate.views.times import moment
from workflows.domain.naming import execution_arn
from workflows.ports.journal import Recorded


def show_history(lives: list[Life], state_machine_arn: str) -> None:
    for life in lives:
        snapshot = life.snapshot
        out.print(
            joined(
                styled(snapshot.thing_name, "bold"), styled(f" {snapshot.thing_id} "), styled(snapshot.status, "dim")
            )
        )
        rows = table("Time (UTC)", "Change", "What happened", whole=("Time (UTC)", "Change"))
        for recorded in life.facts:
            change = recorded.fact.change
            rows.add_row(moment(recorded.at), f"{change.operation} {change.version_number}", in_words(recorded.fact))
        out.print(rows)
        _show_runs(life.facts, state_machine_arn)


def _show_runs(facts: tuple[Recorded, ...], state_machine_arn: str) -> None:
    """Each run once, on a line of its own that is never broken, so that it can be copied."""
    for run in dict.fromkeys(recorded.fact.change.run for recorded in facts):
        arn = execution_arn(state_machine_arn, run)
        out.print(f"  {console_link(arn) or arn}", style="dim", soft_wrap=True)
    out.print()
