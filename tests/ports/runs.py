"""What every way of asking after runs does: subclasses give ``runs``, ``start`` and ``end``, which ends a run."""

NAME = "5a3c1f0e-8d0b-4d62-9a51-0b1c2d3e4f50-v1-CREATED"


class RunsContract:
    def test_a_run_that_works_is_running(self, runs, start):
        start(NAME)

        assert runs.state_of(NAME) == "running"

    def test_a_run_that_was_aborted_has_ended(self, runs, start, end):
        start(NAME)
        end(NAME, "ABORTED")

        assert runs.state_of(NAME) == "ended"

    def test_a_run_that_step_functions_does_not_show_is_unknown(self, runs):
        assert runs.state_of(NAME) == "unknown"
