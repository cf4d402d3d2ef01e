"""The client and a Things Stack whose certificate its operator's own authority has signed."""

import ssl
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.authorities import A_YEAR, NAME, authority, issued, pem_of
from tests.canned_server import served
from tests.simulated_stack import API_KEY, stack_with, started
from tests.things_stack_answers import IDS, Keys
from workflows.adapters.things_stack import Addresses, TheThingsStack, Transport
from workflows.adapters.things_stack.trust import certificates_in
from workflows.domain.device import IdentityRecord
from workflows.errors import RegistryUnavailableError, StackConfigurationError

OURS, OTHERS = authority(), authority()
BUNDLE, OTHER_BUNDLE = pem_of(OURS), pem_of(OTHERS)
A_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulator")
    OURS.cert_pem.write_to_path(str(folder / "authorities.pem"))
    with started(folder / "state.sqlite", issued(OURS, folder, NAME), folder / "authorities.pem") as simulator:
        yield simulator


@pytest.mark.parametrize(
    "bundle",
    [
        pytest.param(BUNDLE, id="ours"),
        pytest.param(OTHER_BUNDLE + BUNDLE, id="ours-among-others"),
        pytest.param(f"# Behörde für Zähler\r\n{BUNDLE}\n# end", id="with-comments-around"),
    ],
)
def test_a_device_is_registered_over_a_connection_that_our_authority_vouches_for(simulator, bundle):
    simulator.control("POST", "reset")
    stack = stack_with(simulator, authorities=bundle)

    stack.create_identity(IdentityRecord(IDS))

    assert stack.identity(IDS.device_id).ids == IDS


def test_the_certificate_of_the_server_itself_may_be_in_the_bundle(simulator):
    simulator.control("POST", "reset")
    certificate = ssl.get_server_certificate(("localhost", int(simulator.address.rpartition(":")[2])))

    assert stack_with(simulator, authorities=certificate).identity(IDS.device_id) is None


@contextmanager
def secured(certificate):
    """Serve https with a certificate with which nobody could wait for the simulator."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with served() as canned:
        canned.socket = context.wrap_socket(canned.socket, server_side=True)
        yield canned.server_port


def stack_at(address, bundle):
    return TheThingsStack(
        Addresses.parse(address), "demo-app", api_key=Keys(API_KEY), transport=Transport(authorities=bundle)
    )


@pytest.mark.parametrize(
    ("names", "dates", "bundle", "host", "said"),
    [
        pytest.param(
            [NAME],
            {},
            None,
            NAME,
            r"its certificate is signed by nobody that this stack trusts \(SSLError\)\. .*AuthoritySecretArn",
            id="not-trusted",
        ),
        pytest.param([NAME], {}, OTHER_BUNDLE, NAME, "signed by nobody that this stack trusts", id="another-authority"),
        pytest.param(
            ["tts.example.com"],
            {},
            BUNDLE,
            NAME,
            r"its certificate is for another host name \(SSLError\)\. Give the name that is in the certificate",
            id="another-name",
        ),
        pytest.param([NAME], {}, BUNDLE, "127.0.0.1", "is for another host name", id="a-number-in-place-of-the-name"),
        pytest.param(
            [NAME],
            {"begins_in": -A_YEAR, "ends_in": -A_DAY},
            BUNDLE,
            NAME,
            r"its certificate, or one that signed it, has expired \(SSLError\)\. Renew it at The Things Stack\.",
            id="expired",
        ),
        pytest.param([NAME], {"begins_in": A_DAY}, BUNDLE, NAME, "is not valid yet", id="not-yet-valid"),
    ],
)
def test_a_certificate_that_is_refused_is_named_with_what_to_do(tmp_path, names, dates, bundle, host, said):
    with secured(issued(OURS, tmp_path, *names, **dates)) as port:
        address = f"https://{host}:{port}"

        with pytest.raises(RegistryUnavailableError, match=f"no usable answer from {address}: .*{said}"):
            stack_at(address, bundle).identity(IDS.device_id)


@pytest.mark.parametrize(
    ("bundle", "said"),
    [
        pytest.param("", "holds no certificate in PEM form", id="empty"),
        pytest.param("hello", "holds no certificate in PEM form", id="no-PEM"),
        pytest.param(BUNDLE[:300], "holds a broken certificate", id="cut-off"),
        pytest.param(BUNDLE + BUNDLE[:300], "holds a broken certificate", id="the-second-cut-off"),
        pytest.param(BUNDLE.replace("MII", "MIJ", 1), "holds a broken certificate", id="no-certificate-inside"),
        pytest.param(f'{{"pem": "{BUNDLE!r}"}}'.replace("'", ""), "holds a broken certificate", id="key-and-value"),
        pytest.param(
            OURS.private_key_pem.bytes().decode() + BUNDLE, "holds a private key, which belongs to", id="private-key"
        ),
    ],
)
def test_a_bundle_that_is_none_is_refused_with_what_to_do_and_is_not_shown(bundle, said):
    with pytest.raises(
        StackConfigurationError, match=f"CertificateAuthoritySecretArn {said}.*put-secret-value"
    ) as raised:
        Transport(authorities=bundle)

    assert "MII" not in str(raised.value)


def test_the_certificates_of_a_bundle_are_counted():
    assert len(certificates_in(BUNDLE + OTHER_BUNDLE)) == 2
