"""Reads CloudFormation's request to a custom resource; writes the answer.

Source: AWS CloudFormation user guide, "Custom resource request objects" and "Custom resource response objects".
"""

from collections.abc import Mapping
from typing import Any

from workflows.domain.configuration import ConfigureResult, StackRequest, WebhookLocation
from workflows.domain.identifiers import is_application_id


class InvalidStackRequestError(Exception):
    """Something else than CloudFormation invoked the function."""


def load_request(event: Any) -> StackRequest:  # noqa: ANN401 - anyone may invoke the function with anything
    """Read a request. Anyone who may invoke the function can write one.

    Raises:
        InvalidStackRequestError: it is no request of CloudFormation.
    """
    match event:
        case {
            "RequestType": "Create" | "Update" | "Delete" as kind,
            "ResponseURL": str(),
            "StackId": str(stack_id),
            "RequestId": str(),
            "LogicalResourceId": str(),
        }:
            return StackRequest(kind, stack_id, previous=_previous(event.get("OldResourceProperties")))
    raise InvalidStackRequestError(
        "This is no request of CloudFormation. Nothing was done. To configure the stack by hand, invoke the "
        "function that its output ConfigureFunctionName names (`thingsync doctor --configure`)."
    )


def _previous(before: object) -> WebhookLocation | None:
    match before:
        case {"ApplicationId": str(application_id), "ClusterAddress": str(cluster_address)}:
            return WebhookLocation(application_id, cluster_address) if is_application_id(application_id) else None
    return None


def answer_to(event: Mapping[str, Any], outcome: ConfigureResult) -> dict[str, str]:
    """Answer with the same resource ID every time: CloudFormation would delete the resource with the earlier ID."""
    request_ids = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    resource_id = event.get("PhysicalResourceId", event["LogicalResourceId"])
    return {**request_ids, "PhysicalResourceId": resource_id, "Status": outcome.status, "Reason": outcome.reason}
