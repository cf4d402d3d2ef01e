"""Every command says first where it works, and each question says it again."""

import boto3
import pytest

from tests.contract.operate.fleet import rejection

PLACE = "account 123456789012 · eu-west-1 · stack thingsync"
COMMANDS = [["status"], ["failures"], ["dlq"], ["redrive"], ["export"], ["dlq", "purge"]]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_command_begins_with_where_it_works(field, arguments):
    done = field.call(*arguments)

    assert done.stderr.splitlines()[0] == PLACE
    assert PLACE not in done.stdout
    assert done.stderr.count(PLACE) == 1


def test_the_account_has_the_name_that_people_gave_it(field):
    boto3.client("iam").create_account_alias(AccountAlias="acme-prod")

    assert field.call("status").stderr.splitlines()[0] == (
        "account 123456789012 (acme-prod) · eu-west-1 · stack thingsync"
    )


@pytest.mark.parametrize(
    "arguments",
    [["status", "--json"], ["failures", "--csv"], ["dlq", "--json"], ["status", "--help"], ["dlq", "--help"]],
    ids=" ".join,
)
def test_programs_and_readers_of_the_help_need_no_such_line(field, arguments):
    assert PLACE not in field.call(*arguments).output


def test_a_question_says_again_where_the_answer_counts(field):
    field.happened("pump-7", *rejection(), thing_id=field.create_thing("pump-7"))

    lines = field.call("replay", "pump-7", answers="n\n").stderr.splitlines()

    assert [line for line in lines if line == PLACE] == [PLACE, PLACE]
    assert lines[lines.index(PLACE, 1) + 1].startswith("Send 1 event to")


def test_a_question_to_a_program_says_where_too(field):
    field.happened("pump-7", *rejection(), thing_id=field.create_thing("pump-7"))

    assert field.call("replay", "pump-7", "--json", answers="n\n").stderr.count(PLACE) == 1


def test_a_local_cloud_in_the_environment_is_named_as_what_it_is(field, monkeypatch):
    operator = field.operator()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")

    assert operator.place.line(80) == "LOCAL (AWS_ENDPOINT_URL) · eu-west-1 · stack thingsync"
