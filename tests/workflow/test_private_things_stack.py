"""Functions at a Things Stack whose certificate its operator's own authority has signed."""

import pytest

from tests.authorities import NAME, authority, issued, pem_of
from tests.simulated_stack import started
from tests.workflow import paths

OURS = authority()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulator")
    OURS.cert_pem.write_to_path(str(folder / "authorities.pem"))
    with started(folder / "state.sqlite", issued(OURS, folder, NAME), folder / "authorities.pem") as simulator:
        yield simulator


def trusting(pipeline, bundle):
    pipeline.deploy(CERTIFICATE_AUTHORITY_SECRET_ARN=pipeline.cloud.secret("lorawan/authorities", bundle))


def test_a_thing_has_its_device_there_until_it_is_deleted(pipeline):
    trusting(pipeline, pem_of(OURS))
    created = pipeline.event("created")

    ends = [pipeline.run(each).path for each in (created, pipeline.updated(created, name="north"))]
    record = pipeline.device("eui-70b3d57ed0051234")["is"]
    ends.append(pipeline.run(pipeline.deleted(created)).path)

    assert (ends, record["name"]) == ([paths.CREATED, paths.UPDATED, paths.REMOVED], "north")


def test_without_the_authority_the_run_is_tried_again_and_then_says_what_to_do(pipeline):
    run = pipeline.run(pipeline.event("created"))

    assert (run.path, run.error) == (paths.CREATE_FAILED, "RegistryUnavailableError")
    assert "its certificate is signed by nobody that this stack trusts" in run.message
    assert len(pipeline.clock.waits_s) == 20


def test_a_bundle_that_is_none_is_the_stacks_fault(pipeline):
    trusting(pipeline, "hello")

    run = pipeline.run(pipeline.event("created"))

    assert (run.path, run.error) == (paths.CREATE_FAILED, "StackConfigurationError")
    assert "holds no certificate in PEM form" in run.message
