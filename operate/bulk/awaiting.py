"""Wait for the outcomes of the things in a register, and say what their runs wait for."""

from collections.abc import Iterator
from functools import partial

from operate.bulk.importing import OutcomeWatch
from operate.bulk.register import Register
from operate.fleet import explain_failure
from operate.operator import Operator
from operate.pacing import Timeout
from operate.retrying import SAMPLE, RetryNotice, runs_of


def await_outcomes(operator: Operator, register: Register, timeout: Timeout) -> Iterator[int]:
    """Yield how many things got their outcome in each poll."""
    explain, describe = partial(explain_failure, operator), operator.things.describe
    watch = OutcomeWatch(register, operator.journal, describe, explain, timeout)

    def runs() -> list[str]:
        return runs_of(operator.journal, (each.thing_id for each in register.waiting(after_line=0, limit=SAMPLE)))

    return RetryNotice(operator.run_histories).between(watch.rounds(), runs)
