"""A device that is written twice at the same moment is in nobody's way but its own."""

import re

import pytest

from tests.simulated_stack import stack_with
from tests.workflow import paths
from tests.workflow.device_states import CREATE, OTHER_APP_KEY, ids_of
from tests.workflow.endings import failed
from workflows.domain.attributes import NO_VALUES

IDS = ids_of(CREATE)
IT_ITSELF = {
    "device_id": IDS.device_id,
    "application_id": "demo-app",
    "dev_eui": IDS.dev_eui,
    "join_eui": IDS.join_eui,
}
TAKEN = {"action": "error", "error": "pkg/internal/registry:end_device_euis_taken", "code": 6, "attributes": IT_ITSELF}
BY_AN_OLDER_SERVER = {"action": "error", "code": 6}
UNAVAILABLE = "RegistryUnavailableError"


def is_whole(pipeline):
    """Return whether the device is on all servers, with the thing's key."""
    records = pipeline.device(IDS.device_id)
    keys = records["js"] and records["js"]["root_keys"]
    return None not in records.values() and keys == {"app_key": {"key": CREATE["appKey"]}}


@pytest.mark.parametrize("times", [pytest.param(1, id="once"), pytest.param(7, id="at-every-write-of-a-run")])
def test_a_new_device_that_meets_itself_at_the_join_server_is_registered(pipeline, times):
    pipeline.fault(method="PUT", path="^/js/", action="meet", times=times)
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert (run.path, run.status) == (paths.CREATED, "SUCCEEDED")
    assert is_whole(pipeline)
    assert (pipeline.shadow(event)["method"], pipeline.dead_letters()) == ("created", [])


def test_a_change_of_keys_that_meets_itself_is_written(pipeline):
    event = pipeline.updated(pipeline.registered(), appKey=OTHER_APP_KEY)
    pipeline.fault(method="PUT", path="^/js/", action="meet")

    run = pipeline.run(event)

    assert run.path == paths.UPDATED
    assert pipeline.device(IDS.device_id)["js"]["root_keys"] == {"app_key": {"key": OTHER_APP_KEY}}


@pytest.mark.parametrize("server", ["js", "ns", "as"])
def test_a_device_that_a_server_says_is_in_its_own_way_is_registered_and_never_taken_from_itself(pipeline, server):
    pipeline.fault(method="PUT", path=f"^/{server}/", **TAKEN, times=2)
    pipeline.fault(method="DELETE", path="", action="html", times=1000)

    run = pipeline.run(pipeline.event("created"))

    assert (run.path, run.status) == (paths.CREATED, "SUCCEEDED")
    assert is_whole(pipeline)


def test_a_creation_whose_answer_was_lost_finds_its_own_record_in_the_way(pipeline):
    create = {"method": "POST", "path": "^/applications/demo-app/devices$"}
    pipeline.fault(**create, action="drop-after")
    pipeline.fault(**create, nth=2, **TAKEN | {"error": "pkg/identityserver:end_device_euis_taken"})

    run = pipeline.run(pipeline.event("created"))

    assert (run.path, run.status) == (paths.CREATED, "SUCCEEDED")
    assert is_whole(pipeline)


OLDER = [
    pytest.param(f"pkg/{name}/redis:duplicate_identifiers", server, id=server)
    for server, name in {"js": "joinserver", "ns": "networkserver", "as": "applicationserver"}.items()
]


@pytest.mark.parametrize(("error", "server"), OLDER)
def test_an_older_server_that_names_no_holder_is_asked_whether_it_has_the_device_itself(pipeline, error, server):
    pipeline.fault(method="PUT", path=f"^/{server}/", action="drop-after")
    pipeline.fault(method="PUT", path=f"^/{server}/", nth=2, **BY_AN_OLDER_SERVER, error=error)

    run = pipeline.run(pipeline.event("created"))

    assert (run.path, run.status) == (paths.CREATED, "SUCCEEDED")
    assert is_whole(pipeline)


@pytest.mark.parametrize(("error", "server"), OLDER)
def test_what_an_older_server_has_under_another_name_is_anothers(pipeline, error, server):
    pipeline.fault(method="PUT", path=f"^/{server}/", **BY_AN_OLDER_SERVER, error=error)

    run = pipeline.run(pipeline.event("created"))

    assert (run.path, run.error) == (paths.CREATE_REJECTED, "DeviceConflictError")
    assert pipeline.held() == {"is": {}, "js": {}, "ns": {}, "as": {}, "claims": {}}


def test_a_device_that_never_gets_past_itself_is_the_operators_affair_and_stays(pipeline):
    stack_with(pipeline.simulator).set_application(IDS, NO_VALUES)
    pipeline.fault(method="PUT", path="^/as/", **TAKEN, times=1000)
    event = pipeline.event("created")

    run = pipeline.broken_run(event)

    assert (run.path, run.error) == (paths.CREATE_FAILED, UNAVAILABLE)
    assert re.search("Others wrote device .* at the same time; trying again", run.reason)
    assert pipeline.held()["as"].keys() == {f"demo-app/{IDS.device_id}"}
    assert pipeline.dead_letters() == failed(event, run)["dead letters"]
