"""Runs of the state machine and the dead-letter queue in memory."""

from workflows.ports import DeadLettering, Executions, Runs


class FakeExecutions(Executions, Runs):
    """``runs``: name to input and status, the statuses being those of Step Functions."""

    def __init__(self):
        self.runs = {}

    def start(self, name, event_text):
        started = self.runs.setdefault(name, (event_text, "RUNNING"))
        return started == (event_text, "RUNNING")

    def status(self, name):
        _, status = self.runs[name]
        return "served" if status in ("RUNNING", "SUCCEEDED", "PENDING_REDRIVE") else "unserved"

    def is_running(self, name):
        _, status = self.runs.get(name, (None, "unknown"))
        return status == "RUNNING"

    def end(self, name, status):
        event_text, _ = self.runs[name]
        self.runs[name] = (event_text, status)


class FakeDeadLetters(DeadLettering):
    """``letters``: body, error name and error message of each."""

    def __init__(self):
        self.letters = []

    def put(self, body, error):
        self.letters.append((body, type(error).__name__, str(error)))
