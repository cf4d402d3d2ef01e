"""Where a run stands in the Step Functions console. Pure."""

# Partition of an ARN -> the console's host. The others have none that the public can reach.
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
}
LOCAL_ACCOUNT = "000000000000"


def console_link(execution_arn: str) -> str | None:
    """Return the page of the run; None where there is no console, as on the local cloud."""
    _, partition, _, region, account, *_ = execution_arn.split(":")
    host = _CONSOLES.get(partition)
    if host is None or account == LOCAL_ACCOUNT:
        return None
    return f"https://{region}.{host}/states/home?region={region}#/v2/executions/details/{execution_arn}"
