"""The command and a Things Stack in a private network, whose certificate its operator's own authority has signed."""

import boto3
import pytest

from tests.authorities import NAME, authority, issued, pem_of
from tests.contract.operate.keyed_fleet import KeyedFleet
from tests.free_ports import refusing_port
from tests.simulated_stack import API_KEY, started
from workflows.domain.rights import NEEDED_RIGHTS, VIEW_RIGHT

OURS = authority()
SUBNETS = {"SubnetIds": "subnet-01234567", "SecurityGroupIds": "sg-01234567"}


@pytest.fixture(scope="module")
def private_simulator(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulator")
    OURS.cert_pem.write_to_path(str(folder / "authorities.pem"))
    with started(folder / "state.sqlite", issued(OURS, folder, NAME), folder / "authorities.pem") as simulator:
        yield simulator


@pytest.fixture
def fleet(field, private_simulator):
    """``field`` has set the scene."""
    private_simulator.control("POST", "reset")
    fleet = KeyedFleet(private_simulator)
    fleet.grant(API_KEY, *NEEDED_RIGHTS, VIEW_RIGHT)
    return fleet


def trusting(fleet, bundle):
    made = boto3.client("secretsmanager").create_secret(Name="authorities", SecretString=bundle)
    fleet.parameters["CertificateAuthoritySecretArn"] = made["ARN"]


def checks(fleet):
    """What doctor finds of The Things Stack, by name; the rest of the stack is not there."""
    found = fleet.document("doctor", "doctor", exit_code=1)
    return {each["name"]: (each["ok"], each["found"], each["fix"]) for each in found["checks"]}


def test_the_command_trusts_what_the_functions_trust(fleet):
    trusting(fleet, pem_of(OURS))

    found = checks(fleet)

    assert found["certificate authorities"] == (True, "1 certificate beside the public ones", None)
    assert found["API key"][:2] == (True, "a key of the application demo-app")
    assert found["cluster"][:2] == (True, f"{fleet.cluster} answers")


def test_a_certificate_that_nobody_vouches_for_is_named(fleet):
    found = checks(fleet)

    for name in ("Identity Server", "cluster"):
        ok, text, fix = found[name]
        assert (ok, fix) == (False, "Meanwhile runs repeat their tries: thingsync status.")
        assert "its certificate is signed by nobody that this stack trusts (SSLError)" in text
    assert "certificate authorities" not in found


def test_a_bundle_that_is_none_is_named_before_anything_is_called(fleet):
    trusting(fleet, "hello")

    ok, text, fix = checks(fleet)["certificate authorities"]

    assert (ok, text) == (False, "could not be checked")
    assert fix.startswith("The secret of the parameter CertificateAuthoritySecretArn holds no certificate in PEM form")


def test_a_server_that_this_computer_does_not_reach_may_be_reached_from_the_stacks_network(fleet):
    with refusing_port() as port:
        fleet.cluster = f"http://127.0.0.1:{port}"
        outside = checks(fleet)
        fleet.parameters |= SUBNETS
        within = checks(fleet)

    assert outside["cluster"][0] is False
    assert outside["cluster"][1].endswith("check the host and the port.")
    assert within["cluster"][1].startswith("not checked, this computer is not in the stack's network: ")
    assert within["cluster"][1].endswith("thingsync doctor --configure asks from there")
    assert within["cluster"][2] is None


def test_what_the_functions_find_in_their_network_is_shown_as_they_say_it(fleet):
    fleet.parameters |= SUBNETS
    text = "Identity Server did not show the API key: no usable answer from https://tts.internal: no connection in time"
    fleet.configured = {
        "errorType": "RegistryUnavailableError",
        "errorMessage": f"{text} (ConnectTimeoutError). Check.",
    }
    fleet.failed = True

    done = fleet.call("doctor", "--configure", "--yes")

    said = " ".join(done.output.split())
    assert text in said
    assert "Try again when it answers: `thingsync doctor --configure`." in said


def test_a_device_is_compared_over_that_connection(fleet):
    trusting(fleet, pem_of(OURS))

    assert fleet.call("reconcile").exit_code == 0
