"""What CloudFormation asks of a custom resource, and the answer it wants.

Source: AWS CloudFormation user guide, "Custom resource request objects" and "Custom resource response objects".
"""

from collections.abc import Mapping
from typing import Any

from workflows.domain.configuration import Outcome, Place, Request


def load_request(event: Mapping[str, Any]) -> Request:
    """Read a request; whoever invokes the function by hand need not write one."""
    before = event.get("OldResourceProperties", {})
    named = before.get("ApplicationId"), before.get("ClusterAddress")
    return Request(kind=event.get("RequestType", "Update"), previous=Place(*named) if all(named) else None)


def answer_to(event: Mapping[str, Any], outcome: Outcome) -> dict[str, str]:
    """Answer under one ID for the life of the resource: another would make CloudFormation delete the one before."""
    asked = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    resource_id = event.get("PhysicalResourceId", event["LogicalResourceId"])
    return {**asked, "PhysicalResourceId": resource_id, "Status": outcome.status, "Reason": outcome.reason}
