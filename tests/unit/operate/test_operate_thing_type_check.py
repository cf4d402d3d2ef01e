"""What `thingsync doctor` says of the stack's thing type."""

import pytest

from operate.diagnosis import check_thing_type
from operate.views.configuring import CONFIGURE
from operate.views.status import Check
from workflows.domain.thing_type import ThingType


def test_a_type_that_can_be_searched_by_ours_is_well():
    found = check_thing_type("lorawan", ThingType(searchable=("serial", "devEUI", "stackName")))

    assert found == Check("thing type", "lorawan, searchable by serial, devEUI, stackName")


def test_a_type_without_room_for_the_stack_is_well_since_only_people_search_by_it():
    assert check_thing_type("lorawan", ThingType(searchable=("serial", "site", "devEUI"))).is_ok


@pytest.mark.parametrize(
    ("found", "said", "fix"),
    [
        pytest.param(None, "there is no lorawan", CONFIGURE, id="none"),
        pytest.param(
            ThingType(is_deprecated=True),
            "The thing type lorawan is deprecated, so no thing can get it.",
            "aws iot deprecate-thing-type --thing-type-name lorawan --undo-deprecate",
            id="deprecated",
        ),
        pytest.param(
            ThingType(),
            "lorawan, whose things cannot be searched by devEUI and stackName",
            CONFIGURE,
            id="not-searchable",
        ),
        pytest.param(
            ThingType(searchable=("a", "b", "c")),
            "The thing type lorawan has the searchable attributes a, b, c. AWS IoT allows 3, so devEUI has no room, "
            "and without it Thingsync does not find the things of devices.",
            "Deploy with another ThingTypeName, or, if nobody searches by one of these attributes, take it out: "
            "aws iot update-thing-type --thing-type-name lorawan "
            "--thing-type-properties searchableAttributes=a,b,devEUI",
            id="no-room",
        ),
    ],
)
def test_any_other_type_is_named_with_what_to_do(found, said, fix):
    assert check_thing_type("lorawan", found) == Check("thing type", said, fix)
