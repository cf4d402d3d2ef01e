"""A fact in the table's stream ► the event that is published of it: docs/facts.schema.json has the form.

Only the names below are read, so whatever else a fact holds (values, fingerprints) is published nowhere. A fact that a
newer version of Thingsync added is published, too, under its own name.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from workflows.domain.publishing import FactEvent, Published, Streamed
from workflows.errors import UnknownFactError
from workflows.schemas.journal import VERSION

# The facts that say why something was not done have it.
_ERROR_NAME = "error_name"


def load_fact_event(streamed: Streamed, *, stack_name: str, application_id: str) -> FactEvent:
    """Read the fact's item.

    Raises:
        UnknownFactError: a newer version wrote it in another form.
    """
    item: Mapping[str, Any] = streamed.item
    try:
        fact, thing_id = item["fact"], item["pk"].removeprefix("THING#")
        if fact["version"] != VERSION:
            raise _unknown(item, f"is of version {fact['version']}")
        of = {"stackName": stack_name, **_thing(item, thing_id), "applicationId": application_id}
        detail = {**of, **_what(fact), "at": item["at"], **_why(fact)}
        _refuse_unsendable(detail)
        return FactEvent(streamed.number, thing_id, fact["type"], item["at"], detail)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _unknown(item, f"has another form ({error})") from error


def dump_published(published: Published) -> dict[str, Any]:
    """Answer as Lambda takes it: from the first failed record on, all of the batch are delivered again."""
    again = published.again_from
    return {"batchItemFailures": [] if again is None else [{"itemIdentifier": again}]}


def _refuse_unsendable(detail: Mapping[str, Any]) -> None:
    """Fail here for what no event can hold: it would fail again with every delivery, and hold up all others."""
    datetime.fromisoformat(detail["at"])
    orjson.dumps(detail)


def _thing(item: Mapping[str, Any], thing_id: str) -> dict[str, object]:
    about = item["about"]
    return {"thingName": about["thing_name"], "thingId": thing_id, "deviceId": about.get("device_id")}


def _what(fact: Mapping[str, Any]) -> dict[str, object]:
    change = fact["change"]
    return {"operation": change["operation"], "versionNumber": change["version_number"]}


def _why(fact: Mapping[str, Any]) -> dict[str, object]:
    if _ERROR_NAME in fact:
        return {"error": {"name": fact[_ERROR_NAME], "message": fact.get("message", "")}}
    return {"method": fact["device"]["method"]} if "device" in fact else {}


def _unknown(item: Mapping[str, Any], why: str) -> UnknownFactError:
    where = f"{item.get('sk')} of {item.get('pk')}"
    return UnknownFactError(f"{where} {why}, which this version of Thingsync does not know. Deploy the newer version.")
