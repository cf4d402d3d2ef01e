"""Runs of the state machine and the dead-letter queue in memory."""

from workflows.ports import DeadLetterQueue, Executions, Runs


class FakeExecutions(Executions, Runs):
    """``by_name``: the input and the status (in the words of Step Functions) of each run."""

    def __init__(self):
        self.by_name = {}

    def start(self, name, event_text):
        started = self.by_name.setdefault(name, (event_text, "RUNNING"))
        return started == (event_text, "RUNNING")

    def has_failed(self, name):
        _, status = self.by_name[name]
        return status not in ("RUNNING", "SUCCEEDED", "PENDING_REDRIVE")

    def is_running(self, name):
        _, status = self.by_name.get(name, (None, "unknown"))
        return status == "RUNNING"

    def end(self, name, status):
        event_text, _ = self.by_name[name]
        self.by_name[name] = (event_text, status)


class FakeDeadLetters(DeadLetterQueue):
    """``messages``: body, error name and error message of each."""

    def __init__(self):
        self.messages = []

    def put(self, body, error):
        self.messages.append((body, type(error).__name__, str(error)))
