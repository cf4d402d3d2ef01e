"""Which run reconciles, in memory."""

from workflows.ports.reconciling import ReconcileRuns


class FakeReconcileRuns(ReconcileRuns):
    def __init__(self):
        self.current, self.unfinished, self.after = "", 0, ""

    def begin(self, run):
        before = self.unfinished
        self.current, self.unfinished = run, before + 1
        return before

    def is_current(self, run):
        return self.current == run

    def finish(self, run):
        if self.current == run:
            self.unfinished = 0

    def scrubbed_to(self):
        return self.after

    def scrub_on(self, after):
        self.after = after
