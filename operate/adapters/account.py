"""The account's alias, for people who know their accounts by name."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


def alias_of(client: "IAMClient") -> str:
    """Return the account's alias; empty if it has none, or if the caller cannot read it."""
    try:
        return next(iter(client.list_account_aliases(MaxItems=1)["AccountAliases"]), "")
    except (BotoCoreError, ClientError):
        return ""
