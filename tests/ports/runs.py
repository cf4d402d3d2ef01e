"""What every way of asking after runs does: subclasses give ``runs``, ``start`` and ``end``, which ends a run."""

NAME = "5a3c1f0e-8d0b-4d62-9a51-0b1c2d3e4f50-v1-CREATED"


class RunsContract:
    def test_a_run_that_works_is_running(self, runs, start):
        start(NAME)

        assert runs.is_running(NAME)

    def test_a_run_that_ended_is_not(self, runs, start, end):
        start(NAME)
        end(NAME, "ABORTED")

        assert not runs.is_running(NAME)

    def test_a_run_that_nobody_knows_is_not(self, runs):
        assert not runs.is_running(NAME)
