"""A fleet whose Configure answers as a test says: moto would need containers to run functions."""

import io
import json
from dataclasses import replace

import boto3
from botocore.awsrequest import AWSResponse

from tests.contract.operate.fleet import Fleet

ANSWERED = AWSResponse("https://lambda", 200, {}, None)
DONE = {
    "Status": "SUCCESS",
    "Reason": "the API key is known; wrote the webhook thingsync-1 of the application demo-app",
}
EVENTS_ON = {"eventConfigurations": {"THING": {"Enabled": True}}, "ResponseMetadata": {"HTTPHeaders": {}}}
CONFIGURE = "thingsync-ReconfigureFunction-1"


class KeyedFleet(Fleet):
    """``configured``: what Configure answers; ``failed``: that is its error; None if somebody presses Ctrl-C.
    ``invoked`` counts its calls.

    ``cluster`` is where the stack takes The Things Stack to be. No move of messages has ever been started.
    """

    def __init__(self, simulator):
        super().__init__(simulator)
        self.configured, self.failed, self.invoked, self.cluster = DONE, False, 0, simulator.address
        self.outputs |= {"ConfigureFunctionName": CONFIGURE}
        self.secrets = boto3.client("secretsmanager")

    def operator(self):
        operator = super().operator()
        operator.clients.functions.meta.events.register("before-call.lambda", self._answer)
        # After the fleet's own handler, which lets one call in at a time.
        operator.clients.iot.meta.events.register_last("before-call.iot", _event_configurations)
        operator.clients.sqs.meta.events.register(
            "before-call.sqs.ListMessageMoveTasks", lambda **_: (ANSWERED, {"Results": []})
        )
        parameters = {**operator.found.parameters, "ClusterAddress": self.cluster}
        return replace(operator, found=replace(operator.found, parameters=parameters))

    def _answer(self, model, **_):
        if model.name == "GetAccountSettings":
            return ANSWERED, {"AccountLimit": {"UnreservedConcurrentExecutions": 1000}}
        self.invoked += 1
        if self.configured is None:
            raise KeyboardInterrupt
        payload = io.BytesIO(json.dumps(self.configured).encode())
        return ANSWERED, {"Payload": payload, **({"FunctionError": "Unhandled"} if self.failed else {})}

    @property
    def secret(self):
        return self.secrets.get_secret_value(SecretId="thingsync/api-key")["SecretString"]

    def grant(self, key, *rights, **more):
        self.simulator.control("POST", "api-keys", key=key, rights=list(rights), **more)


def _event_configurations(model, **_):
    """moto does not know this call."""
    return (ANSWERED, EVENTS_ON) if model.name == "DescribeEventConfigurations" else None
