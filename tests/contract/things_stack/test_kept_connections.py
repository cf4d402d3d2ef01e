"""Connections live as long as the instance: no invocation pays for another one."""

from tests.canned_server import served
from tests.simulated_stack import stack_with
from workflows.adapters import aws
from workflows.adapters.secrets import StackSecret


def test_one_connection_to_the_things_stack_serves_all_calls():
    with served() as server:
        stack = stack_with(server)
        for _ in range(3):
            stack.delete_identity("pump-7")

        assert (len(server.requests), len(server.connections)) == (3, 1)


def test_one_connection_to_a_service_of_aws_serves_all_calls(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with served() as server:
        client = aws.session().create_client("secretsmanager", region_name="eu-west-1", endpoint_url=server.address)
        secret = StackSecret(client, "arn")
        for _ in range(3):
            secret.refreshed()

        assert (len(server.requests), len(server.connections)) == (3, 1)
