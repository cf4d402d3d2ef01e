"""What happened to a thing, fact by fact, in words. Pure."""

from collections.abc import Iterator, Mapping

from operate.views.times import iso
from operate.views.values import changes_in_words, in_words
from workflows.domain.attributes import RADIO, VALUES, apart
from workflows.domain.error_text import without_codes
from workflows.domain.facts import (
    DeviceFound,
    DeviceReleased,
    DeviceRemoved,
    EventAccepted,
    EventFailed,
    EventRejected,
    EventSkipped,
    Fact,
    Registered,
    RegisteredDevice,
    ReleaseReason,
)
from workflows.domain.identifiers import is_key
from workflows.domain.naming import execution_arn
from workflows.domain.outcome import is_absent
from workflows.domain.updating import KEYS_FIELD, TEMPLATE_FIELD
from workflows.ports.journal import Recorded, Snapshot
from workflows.values import value

_IN_WORDS = {TEMPLATE_FIELD: "what the model gives"}
# Partition of an ARN -> host of the console. Other partitions have no public console.
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
}
LOCAL_ACCOUNT = "000000000000"


def console_link(execution_arn: str) -> str | None:
    """Return the console page of the run; None where there is no console, as on the local cloud."""
    _, partition, _, region, account, *_ = execution_arn.split(":")
    host = _CONSOLES.get(partition)
    if host is None or account == LOCAL_ACCOUNT:
        return None
    return f"https://{region}.{host}/states/home?region={region}#/v2/executions/details/{execution_arn}"


_RELEASED: Mapping[ReleaseReason, str] = {
    "adopted": "it existed before its thing, so it stays",
    "retained": "the stack's DeletePolicy is Retain",
    "other stack": "the thing belongs to another stack now",
    "taken over": "another thing took it over",
    "another's": "it has another mark or other EUIs than the journal says",
}


@value
class ThingHistory:
    """A thing that has or had the name, with all its facts."""

    snapshot: Snapshot
    facts: tuple[Recorded, ...]

    def devices(self) -> Iterator[tuple[Recorded, RegisteredDevice | None, RegisteredDevice | None]]:
        """Yield each fact with the device that it is about, and with the one that was until then."""
        before: RegisteredDevice | None = None
        for recorded in self.facts:
            fact = recorded.fact
            if isinstance(fact, Registered):
                yield recorded, fact.device, before
                before = fact.device
            elif isinstance(fact, DeviceRemoved | DeviceReleased):
                yield recorded, before, before
                before = None
            else:
                yield recorded, None, before


def fact_in_words(fact: Fact, before: RegisteredDevice | None = None) -> str:
    """Say what happened; ``before`` is the device that the thing had until then."""
    match fact:
        case DeviceFound():
            return f"found device {fact.device_id}"
        case DeviceRemoved() if fact.absent_from:
            return f"{is_absent(fact.device_id, fact.absent_from)}{_as_it_was(before)}"
        case DeviceRemoved():
            return f"removed device {fact.device_id}{_as_it_was(before)}"
        case DeviceReleased():
            return f"released device {fact.device_id}{_as_it_was(before)}: {_RELEASED[fact.reason]}"
        case _ if isinstance(fact, Registered):
            done = type(fact).__name__.removeprefix("Device").lower()
            changes = _changed(before, fact.device) if before else _registered(fact.device)
            return f"{done} device {fact.device.device_id}{': ' if changes else ''}{', '.join(changes)}"
    return _of_an_event(fact)


def _changed(before: RegisteredDevice, now: RegisteredDevice) -> list[str]:
    """Keys are known by their fingerprints alone."""
    written = [name for name, each in now.fingerprints.items() if before.fingerprints.get(name) != each]
    return [*changes_in_words(before.values, now.values), *(f"another {name}" for name in written)]


def _registered(device: RegisteredDevice) -> list[str]:
    """Say what the thing itself says, but for texts, and for what every device has."""
    return in_words(device.values.only(_own_names(device, *RADIO)))


def _own_names(device: RegisteredDevice, *others: str) -> list[str]:
    left_out = {"name", "description", *others, *device.from_model}
    return [row.name for row in VALUES if row.name not in left_out]


def _of_an_event(fact: Fact) -> str:
    match fact:
        case EventAccepted():
            aim = f", to write {_aim(fact.fields)}" if fact.fields else ""
            return f"accepted, for device {fact.device_id}{aim}"
        case EventSkipped():
            return f"skipped: {fact.reason}"
        case EventRejected():
            left = "; nothing of it is left in The Things Stack" if fact.undone else ""
            return f"rejected: {_error(fact)}{left}"
        case EventFailed():
            return f"failed: {_error(fact)}{f' (found by {fact.found_by})' if fact.found_by else ''}"
    return type(fact).__name__


def _error(fact: EventRejected | EventFailed) -> str:
    return ": ".join(filter(None, (fact.error_name, without_codes(fact.message))))


def _as_it_was(device: RegisteredDevice | None) -> str:
    """Say what somebody needs who makes the thing again; keys are nowhere but in The Things Stack."""
    if device is None:
        return ""
    euis = (f"DevEUI {device.dev_eui}", f"JoinEUI {device.join_eui or '(none)'}")
    return f" ({', '.join((*euis, *in_words(device.values.only(_own_names(device)))))})"


def _aim(fields: tuple[str, ...]) -> str:
    """An update of a thing with keys always lists them: whether they changed is only checked later."""
    named = ", ".join(_IN_WORDS.get(each, each) for each in fields if each != KEYS_FIELD)
    keys = "keys if they changed" if KEYS_FIELD in fields else ""
    return ", and ".join(filter(None, (named, keys)))


def history_json(thing_name: str, lives: list[ThingHistory], state_machine_arn: str) -> dict[str, object]:
    return {"thingName": thing_name, "things": [_thing_json(life, state_machine_arn) for life in lives]}


def _thing_json(life: ThingHistory, state_machine_arn: str) -> dict[str, object]:
    return {
        "thingId": life.snapshot.thing_id,
        "status": life.snapshot.status,
        "since": iso(life.snapshot.at),
        "devEui": life.snapshot.state.dev_eui or None,
        "facts": [_fact_json(*each, state_machine_arn) for each in life.devices()],
    }


def _fact_json(
    recorded: Recorded, device: RegisteredDevice | None, before: RegisteredDevice | None, state_machine_arn: str
) -> dict[str, object]:
    fact, change = recorded.fact, recorded.fact.change
    error = fact if isinstance(fact, EventRejected | EventFailed) else None
    arn = execution_arn(state_machine_arn, change.run)
    return {
        "number": recorded.number,
        "at": iso(recorded.at),
        "fact": type(fact).__name__,
        "text": fact_in_words(fact, before),
        "error": error.error_name if error else None,
        "reason": error.message or None if error else None,
        "device": _device_json(device) if device else None,
        "operation": change.operation,
        "versionNumber": change.version_number,
        "run": change.run,
        "executionArn": arn,
        "console": console_link(arn),
    }


def _is_key(value: object) -> bool:
    """A key that got into the wrong attribute is not shown."""
    return isinstance(value, str) and is_key(value)


def _device_json(device: RegisteredDevice) -> dict[str, object]:
    return {
        "deviceId": device.device_id,
        "devEui": device.dev_eui,
        "joinEui": device.join_eui or None,
        "method": device.method,
        "values": {name: None if _is_key(value) else value for name, (_, value) in apart(device.values).items()},
        "fromModel": list(device.from_model),
    }
