"""What CloudFormation asks of a custom resource, and the answer it wants.

Source: AWS CloudFormation user guide, "Custom resource request objects" and "Custom resource response objects".
"""

from collections.abc import Mapping
from typing import Any

from workflows.domain.configuration import ConfigureResult, StackRequest, WebhookPlace
from workflows.domain.identifiers import is_application_id


class InvalidStackRequestError(Exception):
    """The function was not invoked by CloudFormation."""


def load_request(event: Any) -> StackRequest:  # noqa: ANN401 - whatever somebody invokes the function with
    """Read a request, which whoever may invoke the function may have written.

    Raises:
        InvalidStackRequestError: it is none.
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
        "This is no request of CloudFormation, so nothing was done. To configure the stack by hand, invoke the "
        "function that its output ConfigureFunctionName names (`thingsync doctor --configure`)."
    )


def _previous(before: object) -> WebhookPlace | None:
    match before:
        case {"ApplicationId": str(application_id), "ClusterAddress": str(cluster_address)}:
            return WebhookPlace(application_id, cluster_address) if is_application_id(application_id) else None
    return None


def answer_to(event: Mapping[str, Any], outcome: ConfigureResult) -> dict[str, str]:
    """Answer under one ID for the life of the resource: another would make CloudFormation delete the one before."""
    asked = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    resource_id = event.get("PhysicalResourceId", event["LogicalResourceId"])
    return {**asked, "PhysicalResourceId": resource_id, "Status": outcome.status, "Reason": outcome.reason}
