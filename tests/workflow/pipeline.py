"""What tests do with the pipeline: make things, run their events, read everything that people will see."""

import json
import re
import uuid
from collections import Counter

from tests.golden_events import golden
from tests.journal_table import TableStorage, create_table
from tests.simulated_stack import API_KEY
from tests.workflow.device_states import CREATE
from tests.workflow.lambda_service import LambdaService
from tests.workflow.surroundings import FINGERPRINT_SECRET, STACK, Clock, environment, forget_instances, wait_until
from workflows.adapters.journal.history import DynamoDBHistory
from workflows.adapters.journal.reservations import DynamoDBReservations
from workflows.domain.attributes import KEYS

_TIMES = ("at", "created_at", "updated_at")
_SECRET_ATTRIBUTES = (*KEYS, "claimAuthenticationCode")
_OWNER_TOKEN = re.compile(r":O([^:]+)")


def _timeless(record):
    return record and {name: value for name, value in record.items() if name not in _TIMES}


def _thing(event):
    return {name: event[name] for name in ("thingName", "thingId")}


class Pipeline:
    def __init__(self, cloud, simulator, written, monkeypatch):
        self._written, self._monkeypatch = written, monkeypatch
        self.cloud, self.simulator, self.functions, self.clock = cloud, simulator, LambdaService(), Clock()
        self.events, self.inputs, self.runs, self.dead_lettered, self.stored_secrets = (
            [],
            [],
            [],
            [],
            [API_KEY, FINGERPRINT_SECRET],
        )
        self.journal_table = create_table(cloud.clients["dynamodb"])
        self.journal = DynamoDBHistory(cloud.clients["dynamodb"], self.journal_table)
        self.reservations = DynamoDBReservations(cloud.clients["dynamodb"], self.journal_table)
        self.table = TableStorage(cloud.clients["dynamodb"], self.journal_table)
        self.deploy(**environment(cloud, simulator, self.journal_table))

    def deploy(self, **variables):
        """Give the functions other environment variables, and new instances; None takes one away."""
        for name, value in variables.items():
            if value is None:
                self._monkeypatch.delenv(name)
            else:
                self._monkeypatch.setenv(name, value)
        forget_instances()

    def event(self, name="created", thing_name=None, **changes):
        """Make a thing of its own for a golden event; return the event about it."""
        thing_name = thing_name or f"thing-{uuid.uuid4()}"
        event = golden(name, thingName=thing_name, **changes)
        attributes = {"attributes": event["attributes"] or {}}
        made = self.cloud.clients["iot"].create_thing(thingName=thing_name, attributePayload=attributes)
        return self._raised(event | {"thingId": made["thingId"]})

    def registered(self, attributes=None):
        """Make a thing and run its event; return the event."""
        event = self.event("created", **({"attributes": attributes} if attributes else {}))
        assert self.run(event).status == "SUCCEEDED"
        return event

    def updated(self, event, **changes):
        """Change attributes of the event's thing, None takes one away; return the event about it."""
        attributes = {name: value for name, value in (event["attributes"] | changes).items() if value is not None}
        payload = {"attributes": attributes, "merge": False}
        self.cloud.clients["iot"].update_thing(thingName=event["thingName"], attributePayload=payload)
        version = event["versionNumber"] + 1
        return self._raised(golden("updated", **_thing(event), versionNumber=version, attributes=attributes))

    def deleted(self, event, name="deleted"):
        """Delete the event's thing; return the event about it."""
        self.cloud.clients["iot"].delete_thing(thingName=event["thingName"])
        return self._raised(golden(name, **_thing(event), versionNumber=event["versionNumber"]))

    def _raised(self, event):
        self.events.append(event)
        return event

    def run(self, event, *, state_machine_arn=None):
        """Run an event as a new execution in the console does, to its end."""
        return self.ended(self.start(event, state_machine_arn=state_machine_arn))

    def start(self, event, *, state_machine_arn=None):
        """Start a run of an event; return its ARN."""
        self.inputs.append(event)
        return self.cloud.start(event, state_machine_arn=state_machine_arn)

    def paused(self, state, event, **where):
        """Start a run that stops before ``state``'s function begins; return what lets it go on to its end."""
        going_on = self.functions.pause_before(state)
        execution_arn = self.start(event, **where)
        wait_until(lambda: self.functions.invoked[-1:] == [state])

        def end():
            going_on.set()
            return self.ended(execution_arn)

        return end

    def ended(self, execution_arn):
        """Wait for the end of a run."""
        run = self.cloud.ended(execution_arn)
        self.runs.append(run)
        return run

    def broken_run(self, event):
        """Run an event in a state machine that tries everything once."""
        return self.run(event, state_machine_arn=self.cloud.impatient_arn)

    def secret(self, name, value, *, dev_eui=CREATE["devEUI"]):
        """Keep a secret in Secrets Manager where the thing of a device may refer to it; return its ARN."""
        self.stored_secrets.append(value)
        return self.cloud.secret(f"thingsync/{STACK}/device/{dev_eui}/{name}", value)

    def parameter(self, value, *, dev_eui=CREATE["devEUI"]):
        """Keep a secret in Parameter Store where the thing of a device may refer to it; return its name."""
        self.stored_secrets.append(value)
        return self.cloud.parameter(f"/thingsync/{STACK}/device/{dev_eui}", value)

    def fault(self, **order):
        """Order faults of The Things Stack; all that is in force ends with the test, or by ``no_faults``."""
        self.simulator.control("POST", "faults", **order)

    def no_faults(self):
        self.simulator.control("DELETE", "faults")

    def held(self):
        """Return what the servers of The Things Stack hold of devices, with the times of the last writes."""
        state = self.simulator.control("GET", "state")
        return {name: held for name, held in state.items() if name != "webhooks"}

    def device(self, device_id):
        """Return a device's record on each server, and its claim; without the times."""
        held = self.held()
        records = {server: held[server].get(f"demo-app/{device_id}") for server in ("is", "js", "ns", "as")}
        claims = [claim for claim in held["claims"].values() if claim["device_id"] == device_id]
        return {server: _timeless(record) for server, record in records.items()} | {"claims": claims}

    def facts(self, event):
        """Name what the journal holds of the event's thing, the oldest first."""
        return [type(recorded.fact).__name__ for recorded in self.journal.facts(event["thingId"])]

    def status(self, event):
        """Return the status that the journal has of the event's thing."""
        [snapshot] = self.journal.named(event["thingName"])
        return snapshot.status

    def why(self, event):
        """Return what lists show of a failure: the error's name, its text and the DevEUI that the thing gave."""
        [snapshot] = self.journal.named(event["thingName"])
        return snapshot.state.settled.error_name, snapshot.state.settled.message, snapshot.state.dev_eui

    def log_lines(self, event):
        """Read the thing's log, without the times."""
        return [_timeless(line) for line in self.cloud.log_lines(event["thingName"].replace(":", "."))]

    def shadow(self, event):
        """Read the shadow ``registration``, without its time; None if the thing has none."""
        return _timeless(self.cloud.shadow(event["thingName"]))

    def reports(self, event):
        """Return all that is reported of one event: log, shadow, metrics, and the message for the operator."""
        return {
            "log": self.log_lines(event),
            "shadow": self.shadow(event),
            "metrics": self.metrics(),
            "dead letters": self.dead_letters(),
        }

    def dead_letters(self):
        messages = self.cloud.dead_letters()
        self.dead_lettered.extend(messages)
        return messages

    def metrics(self):
        """Count the metrics written so far by name and, where it is a dimension, error name."""
        lines = [json.loads(line) for line in self.written().splitlines() if '"_aws"' in line]
        directives = [(line, directive) for line in lines for directive in line["_aws"]["CloudWatchMetrics"]]
        return Counter(
            (metric["Name"], line["ErrorName"]) if "ErrorName" in line else metric["Name"]
            for line, directive in directives
            for metric in directive["Metrics"]
            if any(line[metric["Name"]])  # what The Things Stack has done counts as no unanswered call
        )

    def written(self):
        """Return what the functions wrote to their logs."""
        return self._written.text()

    def everything_written(self):
        """Return, in upper case, all that people and log groups get to see."""
        self.dead_letters()
        attributes = [attributes for _, attributes in self.dead_lettered]
        things = {event["thingName"]: event for event in self.events}.values()
        shown = [[self.log_lines(event), self.shadow(event)] for event in things]
        items = self.cloud.journal_items(self.journal_table)
        ends = [[run.error, run.cause] for run in self.runs]
        return (self.written() + json.dumps([attributes, shown, items, ends])).upper()

    def secrets(self):
        """Return every key and claim code that was used."""
        things = [event.get("attributes") for event in self.events + self.inputs]
        given = [attributes for attributes in things if isinstance(attributes, dict)]
        values = [attributes.get(name) for attributes in given for name in _SECRET_ATTRIBUTES]
        on_labels = [token for attributes in given for token in _OWNER_TOKEN.findall(attributes.get("qrCode", ""))]
        return self.stored_secrets + on_labels + [value for value in values if value]
