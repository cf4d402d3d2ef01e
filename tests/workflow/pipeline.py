"""What tests do with the pipeline: make things, run their events, look at everything that people will see."""

import json
import re
import uuid
from collections import Counter

from tests.golden_events import golden
from tests.simulated_stack import API_KEY
from tests.workflow.lambda_service import LambdaService
from tests.workflow.surroundings import STACK, Clock, environment, forget_built
from workflows.assembly import intake, registration, reporting

_TIMES = ("at", "created_at", "updated_at")
_SECRET_ATTRIBUTES = ("appKey", "nwkKey", "claimAuthenticationCode")
_OWNER_TOKEN = re.compile(r":O([^:]+)")


def _timeless(record):
    return record and {name: value for name, value in record.items() if name not in _TIMES}


class Pipeline:
    def __init__(self, cloud, simulator, written, monkeypatch):
        self._written, self._monkeypatch = written, monkeypatch
        self.cloud, self.simulator, self.functions, self.clock = cloud, simulator, LambdaService(), Clock()
        self.events, self.inputs, self.runs, self.letters, self.stored_secrets = [], [], [], [], [API_KEY]
        self.deploy(**environment(cloud, simulator))

    def deploy(self, **variables):
        """Give the functions other environment variables, and new instances; None takes one away."""
        for name, value in variables.items():
            if value is None:
                self._monkeypatch.delenv(name)
            else:
                self._monkeypatch.setenv(name, value)
        forget_built(intake, registration, reporting)

    def event(self, name="created", thing_name=None, **changes):
        """Make a thing of its own for a golden event; return the event about it."""
        thing_name = thing_name or f"thing-{uuid.uuid4()}"
        self.cloud.clients["iot"].create_thing(thingName=thing_name)
        event = golden(name, thingName=thing_name, thingId=str(uuid.uuid4()), **changes)
        self.events.append(event)
        return event

    def run(self, event, *, state_machine_arn=None):
        """Run an event as a new execution in the console does."""
        run = self.cloud.run(event, state_machine_arn=state_machine_arn)
        self.inputs.append(event)
        self.runs.append(run)
        return run

    def broken_run(self, event):
        """Run an event in a state machine that tries everything once."""
        return self.run(event, state_machine_arn=self.cloud.impatient_arn)

    def secret(self, name, value):
        """Keep a secret in Secrets Manager where things may refer to it; return its ARN."""
        self.stored_secrets.append(value)
        return self.cloud.secret(f"thingsync/{STACK}/device/{name}", value)

    def fault(self, **order):
        """Order trouble of The Things Stack; all that is in force ends with the test, or by ``no_faults``."""
        self.simulator.control("POST", "faults", **order)

    def no_faults(self):
        self.simulator.control("DELETE", "faults")

    def held(self):
        """Return what the servers of The Things Stack hold, with the times of the last writes."""
        return self.simulator.control("GET", "state")

    def device(self, device_id):
        """Return a device's record on each server, and its claim; without the times."""
        held = self.held()
        records = {server: held[server].get(f"demo-app/{device_id}") for server in ("is", "js", "ns", "as")}
        claims = [claim for claim in held["claims"].values() if claim["device_id"] == device_id]
        return {server: _timeless(record) for server, record in records.items()} | {"claims": claims}

    def log_lines(self, event):
        """Read the thing's log, without the times."""
        return [_timeless(line) for line in self.cloud.log_lines(event["thingName"].replace(":", "."))]

    def shadow(self, event):
        """Read the shadow ``registration``, without its time; None if the thing has none."""
        return _timeless(self.cloud.shadow(event["thingName"]))

    def told(self, event):
        """Return all that tells of one event: log, shadow, metrics, and the letter to the operator."""
        return {
            "log": self.log_lines(event),
            "shadow": self.shadow(event),
            "metrics": self.metrics(),
            "dead letters": self.dead_letters(),
        }

    def dead_letters(self):
        letters = self.cloud.dead_letters()
        self.letters.extend(letters)
        return letters

    def metrics(self):
        """Count the metrics written so far by name and, where it is a dimension, error name."""
        lines = [json.loads(line) for line in self.written().splitlines() if '"_aws"' in line]
        directives = [(line, directive) for line in lines for directive in line["_aws"]["CloudWatchMetrics"]]
        return Counter(
            (metric["Name"], line["ErrorName"]) if "ErrorName" in line else metric["Name"]
            for line, directive in directives
            for metric in directive["Metrics"]
        )

    def written(self):
        """Return what the functions wrote to their logs."""
        return self._written.text()

    def everything_written(self):
        """Return, in upper case, all that people and log groups get to see."""
        self.dead_letters()
        attributes = [attributes for _, attributes in self.letters]
        shown = [[self.log_lines(event), self.shadow(event)] for event in self.events]
        ends = [[run.error, run.cause] for run in self.runs]
        return (self.written() + json.dumps([attributes, shown, ends])).upper()

    def secrets(self):
        """Return every key and claim code that was used."""
        things = [event.get("attributes") for event in self.events + self.inputs]
        given = [attributes for attributes in things if isinstance(attributes, dict)]
        values = [attributes.get(name) for attributes in given for name in _SECRET_ATTRIBUTES]
        on_labels = [token for attributes in given for token in _OWNER_TOKEN.findall(attributes.get("qrCode", ""))]
        return self.stored_secrets + on_labels + [value for value in values if value]
