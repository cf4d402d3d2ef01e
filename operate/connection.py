"""The global options, which select the stack: ``--stack``, ``--profile``, ``--region``, ``--local``."""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from operate.adapters.aws import AwsAccess, Clients
from operate.errors import WrongInputError
from operate.operator import Operator
from workflows.values import value

CHECKOUT = Path(__file__).resolve().parent.parent
DEFAULT_STACK = "thingsync"

_WITH_VALUE = ("--stack", "--profile", "--region")
_SWITCHES = ("--local",)


@value
class Selection:
    """What the global options say; boto3 does not read AWS_REGION, unlike the AWS CLI."""

    stack_name: str | None = None
    profile: str | None = None
    region: str | None = None
    is_local: bool = False
    usual_region: str | None = None

    def connect(self) -> Operator:
        """Raise ``WrongInputError`` if the options exclude each other, or if there is no local cloud."""
        if self.is_local and (self.region or self.profile):
            raise WrongInputError("--local excludes --profile and --region: give only one of them.")
        if self.is_local:
            return connect_locally(self.stack_name, CHECKOUT)
        return connect(self.stack_name, AwsAccess(profile=self.profile, region=self.region or self.usual_region))


def command_completer(options: Mapping[str, object], commands: Iterable[str]) -> Callable[[str], str]:
    """Return what puts the global options that were given behind ``thingsync`` in the commands of a text."""
    valued = [each for name in _WITH_VALUE if (value := options[name]) for each in (name, str(value))]
    given = [*(name for name in _SWITCHES if options[name]), *valued]
    # A stack has the same name, so the name of a command must follow.
    command = re.compile(rf"\bthingsync (?=(?:{'|'.join(map(re.escape, commands))})\b)")
    return (lambda text: command.sub(lambda _: f"thingsync {shlex.join(given)} ", text)) if given else str


def connect(stack_name: str | None, access: AwsAccess) -> Operator:
    return Operator(Clients(access), stack_name or DEFAULT_STACK)


def connect_locally(stack_name: str | None, checkout: Path) -> Operator:
    """Read ``.local/env``; raise ``WrongInputError`` if it is missing or incomplete."""
    exports = checkout / ".local" / "env"
    if not (checkout / "template.yaml").exists():
        raise WrongInputError(
            "--local needs a checkout of Thingsync, which holds the local cloud, and this command is installed outside "
            "of one. Run that of the checkout: .venv/bin/thingsync --local"
        )
    if not exports.exists():
        raise WrongInputError(f"{exports} does not exist. Start the local cloud (make up), then try again.")
    variables = read_exports(exports.read_text())
    try:
        access = AwsAccess(
            region=variables["AWS_DEFAULT_REGION"],
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            access_key_id=variables["AWS_ACCESS_KEY_ID"],
            secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        )
        return Operator(Clients(access), stack_name or variables["STACK_NAME"])
    except KeyError as error:
        raise WrongInputError(
            f"{exports} lacks {error.args[0]}. Restart the local cloud (make down, make up), then try again."
        ) from error


def read_exports(text: str) -> Mapping[str, str]:
    """Read lines of ``export NAME=value``, quoted as for a shell."""
    assignments = [shlex.split(line)[1] for line in text.splitlines() if line.startswith("export ")]
    return dict(assignment.split("=", 1) for assignment in assignments)


def global_options_first(arguments: Sequence[str]) -> list[str]:
    """Move the global options before the command, from wherever they are, up to a ``--``."""
    ahead: list[str] = []
    rest: list[str] = []
    remaining = list(arguments)
    while remaining and remaining[0] != "--":
        argument = remaining.pop(0)
        target = ahead if argument.split("=", 1)[0] in (*_WITH_VALUE, *_SWITCHES) else rest
        target.append(argument)
        if argument in _WITH_VALUE and remaining:
            target.append(remaining.pop(0))
    return [*ahead, *rest, *remaining]
