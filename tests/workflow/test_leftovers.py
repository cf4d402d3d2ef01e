"""What a device that was half deleted left on some server is no obstacle to the next one."""

from dataclasses import replace

import pytest

from tests.workflow.device_states import CLAIM, CREATE, OTHER_APP_KEY, ids_of, orphan

SERVERS = ("is", "js", "ns", "as")
IDS = ids_of(CREATE)
OTHER_ID, OTHER_EUIS = replace(IDS, device_id="old-pump"), replace(IDS, dev_eui="70B3D57ED0059999")
ORPHANS = [
    pytest.param(orphan("js", OTHER_EUIS), id="its-id-with-other-euis-on-js"),
    pytest.param(orphan("ns", OTHER_ID), id="its-euis-under-another-id-on-ns"),
    pytest.param(orphan("as", OTHER_EUIS), id="its-id-with-other-euis-on-as"),
]


@pytest.mark.parametrize("before", ORPHANS)
def test_an_orphan_in_the_way_of_a_new_device_is_swept_away(pipeline, before):
    before(pipeline.simulator)

    run = pipeline.run(pipeline.event("created"))

    held = pipeline.held()
    assert run.status == "SUCCEEDED"
    assert [list(held[server]) for server in SERVERS] == [["demo-app/eui-70b3d57ed0051234"]] * 4
    assert OTHER_APP_KEY not in str(held)


def test_keys_that_an_orphan_left_do_not_join_in_place_of_a_claim(pipeline):
    orphan("js", ids_of(CLAIM))(pipeline.simulator)

    run = pipeline.run(pipeline.event("created", attributes=CLAIM))

    device = pipeline.device("eui-ec656e0000105a2b")
    assert run.status == "SUCCEEDED"
    assert (device["js"], len(device["claims"])) == (None, 1)
