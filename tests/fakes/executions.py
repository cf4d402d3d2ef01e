"""Runs of the state machine and the dead-letter queue in memory."""

from workflows.ports.runs import DeadLetterQueue, Executions, Runs


class FakeExecutions(Executions, Runs):
    """``by_name``: the input and the status (in the words of Step Functions) of each run; ``not_shown``: names."""

    def __init__(self):
        self.by_name, self.not_shown = {}, set()

    def start(self, name, event_text):
        started = self.by_name.setdefault(name, (event_text, "RUNNING"))
        return started == (event_text, "RUNNING")

    def works_or_succeeded(self, name):
        _, status = self.by_name[name]
        return name not in self.not_shown and status in ("RUNNING", "SUCCEEDED", "PENDING_REDRIVE")

    def state_of(self, name):
        if name not in self.by_name or name in self.not_shown:
            return "unknown"
        _, status = self.by_name[name]
        return "running" if status == "RUNNING" else "ended"

    def end(self, name, status):
        event_text, _ = self.by_name[name]
        self.by_name[name] = (event_text, status)


class FakeDeadLetters(DeadLetterQueue):
    """``messages``: body, error name and error message of each."""

    def __init__(self):
        self.messages = []

    def put(self, body, error):
        self.messages.append((body, type(error).__name__, str(error)))
