"""Where a command works: which cloud, region and stack. Pure."""

import re

from workflows.values import value

# What such an address reaches is on this machine; LocalStack has a name of its own for it.
_THIS_MACHINE = re.compile(
    r"https?://(?:(?:[^/:]+\.)?localhost(?:\.localstack\.cloud)?|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:/.*)?",
    re.IGNORECASE,
)
_AWS = re.compile(r"https://[^/]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws|amazonwebservices\.com\.cn)(?::443)?/?.*")


def is_this_machine(endpoint_url: str) -> bool:
    """Return whether the address is on this machine by what is written, since a name may resolve to anything."""
    return _THIS_MACHINE.fullmatch(endpoint_url) is not None


@value
class Place:
    """A cloud, a region and a stack.

    Attributes:
        stack_arn: ``arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id>``.
        endpoint_url: where CloudFormation is called.
        is_chosen: ``--local`` gave that address; else, if it is not AWS's own, the environment or the profile did.
        alias: the account's, empty if it is unknown.
    """

    stack_arn: str
    endpoint_url: str
    is_chosen: bool = False
    alias: str = ""

    def line(self, width: int) -> str:
        """Write one line; the alias is left out if it does not fit."""
        _, _, _, region, _, rest = self.stack_arn.split(":", 5)
        where = f"{region} · stack {rest.split('/')[1]}"
        whole = f"{self._cloud(self.alias)} · {where}"
        return whole if len(whole) <= width else f"{self._cloud('')} · {where}"

    def _cloud(self, alias: str) -> str:
        account = self.stack_arn.split(":")[4]
        if is_this_machine(self.endpoint_url):
            return "LOCAL" if self.is_chosen else "LOCAL (AWS_ENDPOINT_URL)"
        named = f"account {account}{f' ({alias})' if alias else ''}"
        return named if _AWS.fullmatch(self.endpoint_url) else f"{named} at {self.endpoint_url} (AWS_ENDPOINT_URL)"
