"""What a function finds in its environment: the variables AWS sets and its own, none of this machine's.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

import os
from pathlib import Path
from typing import Any

ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL"
TRACES_VARIABLE = "AWS_XRAY_DAEMON_ADDRESS"
CREDENTIAL_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")  # this cloud's own: the emulator accepts no other


def environment_of(config: dict[str, Any], task_root: Path) -> dict[str, str]:
    """Every variable of one execution environment.

    ``config`` is the function's configuration as MiniStack holds it (the shape of GetFunctionConfiguration).
    """
    own = config.get("Environment", {}).get("Variables", {})
    return {**_runtime(config, task_root), **_logging(config), **_account(config), **local_cloud(), **own}


def _runtime(config: dict[str, Any], task_root: Path) -> dict[str, str]:
    return {
        "_HANDLER": config["Handler"],
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
        "AWS_LAMBDA_FUNCTION_NAME": config["FunctionName"],
        "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "LAMBDA_TASK_ROOT": str(task_root),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
    }


def _logging(config: dict[str, Any]) -> dict[str, str]:
    chosen = config.get("LoggingConfig") or {}
    return {
        "AWS_LAMBDA_LOG_FORMAT": chosen.get("LogFormat", "Text"),
        "AWS_LAMBDA_LOG_GROUP_NAME": chosen.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
    }


def _account(config: dict[str, Any]) -> dict[str, str]:
    region = config["FunctionArn"].split(":")[3]
    credentials = {name: os.environ[name] for name in CREDENTIAL_VARIABLES}
    return {"AWS_REGION": region, "AWS_DEFAULT_REGION": region, **credentials}


def local_cloud() -> dict[str, str]:
    """Where AWS is; botocore must not put a service's host prefix before a loopback address."""
    set_here = {name: os.environ[name] for name in (ENDPOINT_VARIABLE, TRACES_VARIABLE) if name in os.environ}
    return {**set_here, "AWS_DISABLE_HOST_PREFIX_INJECTION": "true", "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR"}
