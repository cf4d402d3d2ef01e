"""Which run reconciles, in memory."""

from workflows.ports.reconciling import ReconcileRuns


class FakeReconcileRuns(ReconcileRuns):
    def __init__(self):
        self.current, self.after = "", ""

    def begin(self, run):
        self.current = run

    def is_current(self, run):
        return self.current == run

    def scrubbed_to(self):
        return self.after

    def scrub_on(self, after):
        self.after = after
