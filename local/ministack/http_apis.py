"""The address of an HTTP API is one that this machine finds.

AWS gives an API a host name of its own (``<id>.execute-api.<region>.amazonaws.com``). MiniStack puts the ID before its
own host, which is a number here, so that no resolver knows the name; it serves the same API under a path as well.
"""

import os
from typing import Any

from local.ministack.patching import Patch, Replacement, ministack_module

_HTTP_API = "AWS::ApiGatewayV2::Api"


def _reachable(original: Replacement) -> Replacement:
    def provision_resource(resource_type: str, *more: object) -> tuple[str, dict[str, Any]]:
        made: tuple[str, dict[str, Any]] = original(resource_type, *more)
        return _with_path(*made) if resource_type == _HTTP_API else made

    return provision_resource


def _with_path(api_id: str, attributes: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Keep the address where updates of the API read it, too."""
    endpoint = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{api_id}"
    ministack_module("services.apigateway")._apis[api_id]["apiEndpoint"] = endpoint
    return api_id, {**attributes, "ApiEndpoint": endpoint}


PATCHES = (Patch("services.cloudformation.stacks", "_provision_resource", "3b8f01fb1871", _reachable),)
