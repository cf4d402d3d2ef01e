"""A run works on its thing only while it holds it."""

import pytest

from tests.fakes.journal import FakeJournal
from tests.journal_samples import CREATED, UPDATE, accepted, append
from tests.samples import MARK
from workflows.domain.outcome import Outcome
from workflows.domain.work import Worked
from workflows.errors import SupersededError
from workflows.steps.fence import fenced

DONE = Outcome("created", "why")


def test_a_run_that_holds_its_thing_works_and_remembers_the_state():
    journal = FakeJournal()
    state = append(journal, accepted())

    assert fenced(journal, MARK, lambda: DONE) == Worked(DONE, state)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([], id="nobody has accepted anything"),
        pytest.param([accepted(), CREATED], id="it was done before"),
        pytest.param([accepted(), accepted(UPDATE)], id="another run has taken the thing over"),
    ],
)
def test_a_run_that_does_not_hold_its_thing_calls_nothing_and_decides_again(facts):
    journal, calls = FakeJournal(), []
    append(journal, *facts)

    with pytest.raises(SupersededError, match=f"Another run took the thing over while run {MARK.run} was stopped"):
        fenced(journal, MARK, lambda: calls.append(DONE))

    assert calls == []
