"""Runs of the state machine in memory, one state at a time."""

import json
from dataclasses import dataclass, field

from tests.model import definition
from tests.model.definition import through_json
from workflows.errors import SyncError
from workflows.ports.runs import Executions

ARN = "arn:aws:states:eu-west-1:111122223333:execution:thingsync"

# Of the definition's many tries a few show as much where a test does not count them: nobody waits here.
TRIES_AT_MOST = 2
CALLS_NOBODY = {"ValidateEvent", "NameDevice"}


class RunKilled(BaseException):
    """Somebody aborts the run while a function is at work, and the function with it."""


class FunctionTimedOut(Exception):
    """Lambda ends the function; no retrier names the error."""


@dataclass
class Run:
    """``state`` is the one that comes next, ``data`` what it gets, ``tries`` how often it failed by which error."""

    name: str
    text: str
    status: str = "RUNNING"
    state: str = definition.START
    data: dict = field(default_factory=dict)
    tries: dict = field(default_factory=dict)
    restarted: bool = False

    def __post_init__(self):
        self.data = self.given = json.loads(self.text)

    @property
    def context(self):
        """Nothing changes what is in it: functions get and give text, and a state's data is made anew."""
        execution = {"Name": self.name, "Id": f"{ARN}:{self.name}", "Input": self.given}
        return {"Execution": execution, "State": {"RetryCount": sum(self.tries.values())}}

    @property
    def thing_id(self):
        return self.given["thingId"]

    def restart(self):
        """The console's Redrive of a run that was aborted: on from the state that did not end."""
        self.status, self.tries = "RUNNING", {}


class StateMachine(Executions):
    """``functions``: what the handlers do, by state name."""

    def __init__(self, functions):
        self.functions, self.runs = functions, {}
        self.tries_at_most: float = TRIES_AT_MOST

    def start(self, name, event_text):
        if name not in self.runs:
            self.runs[name] = Run(name, event_text)
        run = self.runs[name]
        return run.status == "RUNNING" and run.text == event_text

    def works_or_succeeded(self, name):
        return self.runs[name].status in ("RUNNING", "SUCCEEDED")

    def state_of(self, name):
        if name not in self.runs:
            return "unknown"
        return "running" if self.runs[name].status == "RUNNING" else "ended"

    def running(self):
        return [run for run in self.runs.values() if run.status == "RUNNING"]

    def aborted(self):
        return [run for run in self.runs.values() if run.status == "ABORTED"]

    def step(self, run):
        """Do the next state that calls anybody, and what lies before and behind it and calls nobody."""
        self._pass_quiet_states(run)
        if run.status == "RUNNING":
            self._task(run, definition.states()[run.state])
            self._pass_quiet_states(run)

    def _pass_quiet_states(self, run):
        while run.status == "RUNNING":
            state = definition.states()[run.state]
            if state["Type"] == "Task" and run.state not in CALLS_NOBODY:
                return
            self._pass(run, state)

    def _pass(self, run, state):
        match state["Type"]:
            case "Task":
                self._task(run, state)
            case "Choice":
                run.state = definition.chosen(state, run.data)
            case "Pass":
                self._go_on(run, state, definition.passed(state, run.data, run.context))
            case "Fail":
                run.status = "FAILED"

    def _task(self, run, state):
        message = through_json(definition.parameters_of(state, run.data, run.context))
        try:
            result = through_json(self.functions[run.state](message))
        except RunKilled:
            run.status = "ABORTED"
        except (SyncError, FunctionTimedOut) as error:
            self._failed(run, state, error)
        else:
            self._go_on(run, state, result)

    def _go_on(self, run, place, result):
        run.data = definition.with_result(place, run.data, result)
        if place.get("End"):
            run.status = "SUCCEEDED"
        else:
            run.state, run.tries = place["Next"], {}

    def _failed(self, run, state, error):
        name = "Sandbox.Timedout" if isinstance(error, FunctionTimedOut) else type(error).__name__
        tried = run.tries.get(name, 0)
        retrier = definition.matching(state.get("Retry", ()), name)
        if retrier and tried < min(retrier["MaxAttempts"], self.tries_at_most):
            run.tries[name] = tried + 1
            return
        cause = json.dumps({"errorMessage": str(error), "errorType": name})
        self._go_on(run, definition.matching(state["Catch"], name), {"Error": name, "Cause": cause})
