"""The account's alias, for people who know their accounts by name."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


def alias_of(iam: Any) -> str:  # noqa: ANN401  # boto3's client, for which no types are installed
    """Return the account's alias; empty if it has none, or if the caller cannot read it."""
    try:
        return next(iter(iam.list_account_aliases(MaxItems=1)["AccountAliases"]), "")
    except (BotoCoreError, ClientError):
        return ""
