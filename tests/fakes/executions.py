"""Runs of the state machine and the dead-letter queue in memory."""

from workflows.ports import DeadLetterQueue, Executions, Runs


class FakeExecutions(Executions, Runs):
    """``runs``: name to input and status, the statuses being those of Step Functions."""

    def __init__(self):
        self.runs = {}

    def start(self, name, event_text):
        started = self.runs.setdefault(name, (event_text, "RUNNING"))
        return started == (event_text, "RUNNING")

    def has_failed(self, name):
        _, status = self.runs[name]
        return status not in ("RUNNING", "SUCCEEDED", "PENDING_REDRIVE")

    def is_running(self, name):
        _, status = self.runs.get(name, (None, "unknown"))
        return status == "RUNNING"

    def end(self, name, status):
        event_text, _ = self.runs[name]
        self.runs[name] = (event_text, status)


class FakeDeadLetters(DeadLetterQueue):
    """``messages``: body, error name and error message of each."""

    def __init__(self):
        self.messages = []

    def put(self, body, error):
        self.messages.append((body, type(error).__name__, str(error)))
