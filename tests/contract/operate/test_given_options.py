"""A command that is copied from the screen works where the command worked that showed it."""

import csv
import json

import pytest

from operate.connection import command_completer
from tests.journal_samples import change
from workflows.domain.facts import EventFailed, EventRejected

COMMANDS = ("set", "status", "list", "dlq")
NOTHING = {"--stack": None, "--profile": None, "--region": None, "--local": False}
REASON = "frequencyPlanID: EU868 is no frequency plan; use EU_863_870_TTN"


@pytest.fixture
def rejected(field):
    invalid = EventRejected(change(), "InvalidThingError", message=REASON)
    field.happened("pump-7", invalid, thing_id=field.create_thing("pump-7"))
    field.happened("pump-8", EventFailed(change(), "AccessDeniedError", message="No."))
    return field


def joined(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (["--local"], "--local"),
        (["--profile", "prod", "--region", "eu-west-1"], "--profile prod --region eu-west-1"),
        (["--stack", "second", "--local"], "--local --stack second"),
        (["--profile=it's mine"], """--profile 'it'"'"'s mine'"""),
    ],
)
def test_the_commands_on_the_screen_have_the_options_that_were_given(rejected, given, shown):
    screen = rejected.printed("failures", *given, exit_code=1)
    printed = joined(screen)

    assert f"→ thingsync {shown} set pump-7 frequencyPlanID=…\n" in screen
    assert (
        printed.count(f"thingsync {shown} ")
        == joined(rejected.printed("failures", exit_code=1)).count("thingsync ")
        > 1
    )
    # The screen of one thing is wrapped elsewhere, and coloured.
    assert f"thingsync {shown} set pump-7" in joined(rejected.printed("status", "pump-7", *given, exit_code=1))


def test_what_was_not_given_is_not_added(rejected, monkeypatch):
    monkeypatch.setenv("STACK_NAME", "thingsync")

    assert "→ thingsync set pump-7" in rejected.printed("failures", exit_code=1)


def test_an_error_names_the_command_so_too(field):
    done = field.call("--local", "status", "pump-9")

    assert (done.exit_code, "thingsync --local list --name" in joined(done.stderr)) == (2, True)


def test_programs_read_the_same_wherever_it_works(rejected):
    for shape in (["failures", "--json"], ["failures", "--csv"], ["list", "--json"], ["status", "pump-7", "--json"]):
        here = rejected.call("--local", *shape).stdout
        assert here == rejected.call(*shape).stdout
    assert json.loads(here)["thingName"] == "pump-7"
    assert list(csv.DictReader(rejected.call("failures", "--csv").stdout.splitlines()))


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("Run thingsync set pump-7 x=y.", "Run thingsync --local set pump-7 x=y."),
        ("`thingsync dlq`, then thingsync status", "`thingsync --local dlq`, then thingsync --local status"),
        ("thingsync --local status", "thingsync --local status"),
        ("the stack thingsync has no output", "the stack thingsync has no output"),
        ("thingsync settles it", "thingsync settles it"),
        ("mythingsync-thingsync", "mythingsync-thingsync"),
    ],
)
def test_only_commands_are_completed_and_only_once(text, completed):
    complete = command_completer({**NOTHING, "--local": True}, COMMANDS)

    assert complete(text) == completed
    assert complete(completed) == completed
    assert command_completer(NOTHING, COMMANDS)(text) == text
