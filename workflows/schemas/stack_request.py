"""What CloudFormation asks of a custom resource, and the answer it wants.

Source: AWS CloudFormation user guide, "Custom resource request objects" and "Custom resource response objects".
"""

from collections.abc import Mapping
from typing import Any

from workflows.domain.configuration import Outcome, Request


def load_request(event: Mapping[str, Any]) -> Request:
    return Request(kind=event["RequestType"], thing_type_name=event["ResourceProperties"]["ThingTypeName"])


def answer_to(event: Mapping[str, Any], outcome: Outcome) -> dict[str, str]:
    """Answer under one ID for the life of the resource: another would make CloudFormation delete the one before."""
    asked = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId") if key in event}
    resource_id = event.get("PhysicalResourceId", event.get("LogicalResourceId", "Configure"))
    return {**asked, "PhysicalResourceId": resource_id, "Status": outcome.status, "Reason": outcome.reason}
