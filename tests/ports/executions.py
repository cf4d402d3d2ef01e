"""What every ``Executions`` does: subclasses give ``executions``, and ``end``, which ends a run with a status."""

import pytest

EVENT = '{"operation":"CREATED"}'
OTHER_EVENT = '{"operation":"CREATED","redriven":true}'
NAME = "5a3c1f0e-8d0b-4d62-9a51-0b1c2d3e4f50-v1-CREATED"


class ExecutionsContract:
    def test_a_free_name_starts_a_run_that_works(self, executions):
        assert executions.start(NAME, EVENT)
        assert executions.works_or_succeeded(NAME)

    def test_a_running_name_starts_again_with_the_same_event_alone(self, executions):
        executions.start(NAME, EVENT)

        assert executions.start(NAME, EVENT)
        assert not executions.start(NAME, OTHER_EVENT)

    @pytest.mark.parametrize("event", [pytest.param(EVENT, id="same"), pytest.param(OTHER_EVENT, id="other")])
    def test_the_name_of_a_run_that_ended_is_taken_whatever_the_event(self, executions, end, event):
        executions.start(NAME, EVENT)
        end(NAME, "ABORTED")

        assert not executions.start(NAME, event)

    def test_a_run_that_was_aborted_neither_works_nor_succeeded(self, executions, end):
        executions.start(NAME, EVENT)
        end(NAME, "ABORTED")

        assert not executions.works_or_succeeded(NAME)

    def test_names_are_each_their_own(self, executions, end):
        executions.start(NAME, EVENT)
        end(NAME, "ABORTED")

        assert executions.start(f"{NAME}-r0a1b2c3d", EVENT)
        assert executions.works_or_succeeded(f"{NAME}-r0a1b2c3d")
