"""What the command says of itself, and what the shell offers while somebody types."""

import re
import shlex

import boto3
import pytest
import typer
from typer.testing import CliRunner

from operate.app import app
from operate.commands.examples import EXAMPLES

RUNNER = CliRunner()


def commands(group=None, path=""):
    """Yield every command with its path, as people type it."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        yield f"{path}{name}", command
        if hasattr(command, "commands"):
            yield from commands(command, f"{path}{name} ")


COMMANDS = dict(commands())
each_command = pytest.mark.parametrize("path", ["", *COMMANDS])


def page(path, *words):
    done = RUNNER.invoke(app, [*path.split(), *(words or ["--help"])], env={"COLUMNS": "80"})
    assert done.exit_code == 0, done.output
    return done.stdout


@each_command
def test_a_page_is_plain_and_fits_a_terminal(path):
    shown = page(path)

    assert max(len(line) for line in shown.splitlines()) <= 80
    assert re.findall(r"<\w|<=|\[list|[│╭]", shown) == []
    assert page(path, "-h") == shown


@each_command
def test_a_page_shows_examples_that_work(path):
    shown = page(path)

    assert EXAMPLES[path]
    for example in EXAMPLES[path]:
        assert f"    {example}\n" in shown
        assert example.startswith(f"thingsync {path}".strip())


@pytest.mark.parametrize("example", sorted({line for lines in EXAMPLES.values() for line in lines}))
def test_an_example_names_options_that_there_are(example):
    words = shlex.split(re.split(" [<>] ", example)[0])[1:]
    known = [path for path in COMMANDS if f" {path} " in f" {' '.join(words)} "]
    if not known:  # of a command that is not there yet
        return
    command = COMMANDS[max(known, key=len)]
    options = {name for param in command.params for name in param.opts}
    everywhere = {"--local", "--profile", "--region", "--stack"}

    assert {word for word in words if word.startswith("--")} <= options | everywhere


@pytest.mark.parametrize(
    ("path", "usage"),
    [
        ("set", "set [OPTIONS] THING… ATTRIBUTE=VALUE…"),
        ("restore", "restore [OPTIONS] [THING…]"),
        ("replay", "replay [OPTIONS] [THINGS]..."),
        ("key rotate", "key rotate [OPTIONS] [-]"),
        ("import", "import [OPTIONS] FILE"),
        ("key", "key [OPTIONS] COMMAND [ARGS]..."),
    ],
)
def test_a_usage_names_the_arguments_once_and_without_braces(path, usage):
    assert page(path).splitlines()[0].endswith(f" {usage}")


@pytest.mark.parametrize("path", ["", "key"])
def test_without_a_command_the_page_is_shown_as_it_is(path):
    done = RUNNER.invoke(app, path.split(), env={"COLUMNS": "80"})

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == page(path).splitlines()


def test_an_example_that_pipes_a_key_asks_nothing():
    """The standard input holds the key, so that no question can be answered there."""
    assert "thingsync key rotate --yes < key.txt" in EXAMPLES["key rotate"]


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_has_one_whole_sentence_in_the_list_of_commands(path):
    """The sentence is cut at the first word that ends with a full stop, which "e.g." does."""
    sentence = COMMANDS[path].get_short_help_str(300)

    assert re.search(r"(?<![.\s]\w)(?<!\.\.)\.$", sentence)


@pytest.mark.parametrize("path", COMMANDS)
def test_a_page_names_the_options_that_every_command_has(path):
    shown = " ".join(page(path).split())

    assert "--stack NAME, --profile NAME, --region NAME, or --local" in shown


@pytest.mark.parametrize("path", COMMANDS)
def test_the_help_needs_neither_cloud_nor_credentials(path, monkeypatch, tmp_path):
    monkeypatch.setattr("operate.connection.CHECKOUT", tmp_path)

    assert page(f"--local {path}").startswith("Usage: ")


def test_the_version_is_printed():
    assert re.fullmatch(r"thingsync \d+\.\d+\.\d+\n", page("", "--version"))


@pytest.fixture
def completed(field, monkeypatch):
    """Return what the shell is offered for a line that is being typed."""

    def offered(line):
        words = line.split(" ")
        environment = {
            "_THINGSYNC_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            "COLUMNS": "80",
        }
        done = RUNNER.invoke(app, [], obj=field.operator(), env=environment, prog_name="thingsync")
        assert (done.exit_code, done.stderr) == (0, "")
        return done.stdout.split()

    return offered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        pytest.param("thingsync failures --error Thing", ["ThingBusyError"], id="errors"),
        pytest.param("thingsync --region eu-west-", ["eu-west-1", "eu-west-2", "eu-west-3"], id="regions"),
        pytest.param("thingsync fail", ["failures"], id="commands"),
        pytest.param("thingsync list --status re", ["rejected", "removed", "registered"], id="statuses"),
        pytest.param("thingsync set pump-7 freq", ["frequencyPlanID="], id="attributes"),
        pytest.param("thingsync set pump-7 --unset freq", ["frequencyPlanID"], id="attributes to remove"),
    ],
)
def test_the_shell_completes_what_is_known(completed, line, offered):
    assert sorted(completed(line)) == sorted(offered)


def test_the_shell_completes_profiles(completed, monkeypatch, tmp_path):
    (tmp_path / "config").write_text("[profile prod]\n[profile test]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    assert completed("thingsync --profile pr") == ["prod"]


@pytest.mark.parametrize("command", ["status", "history", "replay", "set"])
def test_the_shell_completes_the_names_of_things(completed, field, command):
    for name in ("pump-7", "pump-8", "gate-1"):
        field.create_thing(name)

    assert sorted(completed(f"thingsync {command} pump")) == ["pump-7", "pump-8"]


def test_a_completion_that_fails_offers_nothing_and_says_nothing(completed, field):
    boto3.client("iot").create_thing(thingName="pump-7")
    field.outputs.pop("ThingTypeName")

    assert completed("thingsync status pump") == []


def test_a_completion_without_a_cloud_offers_nothing(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr("operate.connection.CHECKOUT", tmp_path)
    environment = {
        "_THINGSYNC_COMPLETE": "complete_bash",
        "COMP_WORDS": "thingsync --local status p",
        "COMP_CWORD": "3",
    }

    done = RUNNER.invoke(app, [], env=environment, prog_name="thingsync")

    assert (done.exit_code, done.output.strip(), capfd.readouterr().err) == (0, "", "")
