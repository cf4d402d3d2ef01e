"""An export for another stack: what is rewritten, what is to be copied, and what cannot be rewritten."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from operate.bulk.checking import PlannedThing, Target
from operate.bulk.columns import columns_of
from operate.bulk.exporting import (
    COLUMNS,
    ExportNotes,
    OwnDevices,
    UnmovedReference,
    export_rows,
    moved_rows,
    without_empty,
)
from operate.bulk.files import CsvRow
from operate.bulk.moving import Destination, SecretCopy, StackMove, destination_of
from operate.errors import WrongInputError
from tests.bulk_samples import TARGET, check_row
from tests.journal_samples import device
from tests.samples import (
    APP_KEY,
    CLAIM,
    CREATE,
    DEV_EUI,
    IDENTITY,
    PARAMETER,
    PARAMETER_ARN,
    QR_CODE,
    SCANNED,
    SECRET,
    STACK,
)
from workflows.domain.fold import ThingState
from workflows.domain.planning import StackDefaults
from workflows.domain.registry_things import ListedThing
from workflows.ports.journal import Snapshot

MOVE = StackMove(STACK, TARGET.defaults, Destination("other"))
COPIED = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:thingsync/other/device/70B3D57ED0051234"
NAME = "thingsync/thingsync/device/70B3D57ED0051234"


KEYLESS = {name: text for name, text in CREATE.items() if name != "appKey"}
RADIO = {
    "frequency_plan_id": "EU_433",
    "lorawan_version": "MAC_V1_0_2",
    "lorawan_phy_version": "PHY_V1_0_2_REV_B",
}
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def notes():
    with ExportNotes.opened() as notes:
        yield notes


def listed(things):
    return [ListedThing(name, 1, attributes) for name, attributes in things.items()]


def rows_of(notes, things, *devices):
    """``devices``: pairs of a thing's name and its device in the journal."""
    with OwnDevices.opened() as own:
        own.add(Snapshot(name, name, AT, "registered", ThingState(device=device)) for name, device in devices)
        return [*map(without_empty, moved_rows(listed(things), MOVE, own, notes))]


@pytest.mark.parametrize(
    ("reference", "named", "copied"),
    [
        pytest.param(SECRET, f"{NAME}-AbCdEf", COPIED, id="whole"),
        pytest.param(f"{SECRET}#app_key", f"{NAME}-AbCdEf", f"{COPIED}#app_key", id="a field of a JSON secret"),
        pytest.param(SECRET.removesuffix("-AbCdEf"), NAME, COPIED, id="without what Secrets Manager has added"),
    ],
)
def test_a_reference_names_the_copy_of_its_secret(reference, named, copied):
    assert MOVE.secret(reference) == SecretCopy(NAME, "thingsync/other/device/70B3D57ED0051234", named, copied)


@pytest.mark.parametrize(
    ("reference", "copied"),
    [
        pytest.param(PARAMETER, f"/{NAME}", id="name: it means the other account's and region's"),
        pytest.param(f"{PARAMETER}#app_key", f"/{NAME}#app_key", id="field"),
        pytest.param(PARAMETER_ARN, f"arn:aws-cn:ssm:cn-north-1:444455556666:parameter/{NAME}", id="ARN"),
    ],
)
def test_a_parameter_is_copied_under_its_name(reference, copied):
    there = Destination(STACK, region="cn-north-1", partition="aws-cn", account_id="444455556666")

    copy = replace(MOVE, destination=there).secret(reference)

    assert copy == SecretCopy(f"/{NAME}", f"/{NAME}", f"/{NAME}", copied)


def test_a_parameter_gets_the_other_stacks_name():
    copy = MOVE.secret(PARAMETER.replace(DEV_EUI, "pump-cellar"))

    assert (copy.source, copy.target) == (
        "/thingsync/thingsync/device/pump-cellar",
        "/thingsync/other/device/pump-cellar",
    )


def test_a_reference_names_the_copy_where_it_will_be():
    there = Destination(STACK, region="cn-north-1", partition="aws-cn", account_id="444455556666")

    copy = replace(MOVE, destination=there).secret(SECRET)

    assert (copy.source, copy.target) == (NAME, NAME)
    assert copy.reference == f"arn:aws-cn:secretsmanager:cn-north-1:444455556666:secret:{NAME}"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        pytest.param(
            SECRET.replace(f"thingsync/{STACK}", "thingsync/third"), "a secret outside of", id="another stack's"
        ),
        pytest.param(
            SECRET.replace("device/", ""), "a secret outside of thingsync/thingsync/device/", id="no device's"
        ),
        pytest.param(SECRET.replace(DEV_EUI, "pump-cellar"), "ends in a dash and six characters", id="ambiguous name"),
        pytest.param(SECRET.replace(f"{DEV_EUI}-AbCdEf", "-AbCdEf"), "ends in a dash and six characters", id="no name"),
    ],
)
def test_what_cannot_be_rewritten_is_reported_and_stays(notes, reference, reason):
    [row] = rows_of(notes, {"pump-7": CREATE | {"appKey": reference}})

    [unmoved] = notes.all_unmoved()
    assert row["appKey"] == reference
    assert (unmoved.thing_name, unmoved.attribute, reason in unmoved.reason) == ("pump-7", "appKey", True)
    assert [*notes.copies()] == []


def test_two_secrets_never_become_one(notes):
    """One of the two ARNs is old, or it is the name of a secret that ends like an ARN."""
    things = {
        "pump-1": CREATE | {"appKey": SECRET},
        "pump-2": CREATE | {"appKey": SECRET.removesuffix("-AbCdEf")},
        "pump-3": CREATE | {"appKey": f"{SECRET}#pump-3"},
        "pump-4": CREATE | {"appKey": SECRET.replace("AbCdEf", "cellar")},
    }

    keys = [row["appKey"] for row in rows_of(notes, things)]

    assert keys == [COPIED, COPIED, f"{COPIED}#pump-3", things["pump-4"]["appKey"]]
    assert [*notes.all_unmoved()] == [
        UnmovedReference(
            "pump-4",
            "appKey",
            f"names {NAME}-cellar, and another thing names {NAME}-AbCdEf: only one of them is the ARN of {NAME}",
        )
    ]
    assert [*notes.copies()] == [(NAME, "thingsync/other/device/70B3D57ED0051234")]


def test_secrets_to_copy_are_reported_once_in_order(notes):
    things = {
        name: CREATE | {"appKey": SECRET.replace("70B3D57ED0051234", name)} for name in ("pump-9", "pump-1", "pump-5")
    }

    rows_of(notes, things | {"again": things["pump-1"]})

    assert [source for source, _ in notes.copies()] == [f"thingsync/thingsync/device/pump-{n}" for n in (1, 5, 9)]


def test_keys_and_codes_on_things_are_counted_and_never_written(notes):
    things = {
        "key": CREATE,
        "code": CLAIM,
        "label": SCANNED,
        "reference": CREATE | {"appKey": SECRET},
        "broken": CREATE | {"appKey": "arn:aws:iam::1:role/x"},
        "mirrored": IDENTITY,
        "theirs": CREATE | {"stackName": "third"},
    }

    rows = [*map(without_empty, export_rows(listed(things), STACK, notes))]

    assert notes.left_out == 4
    assert [row["thingName"] for row in rows] == ["key", "code", "label", "reference", "broken", "mirrored"]
    assert [row for row in rows if row.keys() & {"appKey", "claimAuthenticationCode", "qrCode"}] == [rows[3]]
    assert (APP_KEY in str(rows), QR_CODE in str(rows)) == (False, False)


def test_a_thing_of_the_scheme_with_the_stacks_name_gets_the_other_ones(notes):
    names = [f"{STACK}_eui-{DEV_EUI.lower()}", f"{STACK}_pump-8", f"{STACK}_by-hand", DEV_EUI, "pump"]
    things = dict.fromkeys(names, CREATE) | {names[1]: CREATE | {"deviceID": "pump-8"}}

    rows = rows_of(notes, things)

    assert [row["thingName"] for row in rows] == [
        f"other_eui-{DEV_EUI.lower()}",
        "other_pump-8",
        f"{STACK}_by-hand",
        DEV_EUI,
        "pump",
    ]
    assert {row["stackName"] for row in rows} == {"other"}


@pytest.mark.parametrize(
    ("attributes", "filled"),
    [
        pytest.param(CREATE | {"appKey": SECRET}, {"frequencyPlanID": "EU_863_870_TTN"}, id="plan"),
        pytest.param(CREATE | {"frequencyPlanID": "EU_433"}, {"frequencyPlanID": "EU_433"}, id="a plan of its own"),
        pytest.param(
            CLAIM,
            {
                "frequencyPlanID": "EU_863_870_TTN",
                "lorawanVersion": "1.0.3",
                "regionalParametersVersion": "1.0.3-a",
            },
            id="versions of a claim",
        ),
        pytest.param(IDENTITY, {}, id="a device that was there before"),
    ],
)
def test_defaults_that_the_stack_filled_in_go_with_the_thing(notes, attributes, filled):
    [row] = rows_of(notes, {"pump-7": attributes})

    names = ("frequencyPlanID", "lorawanVersion", "regionalParametersVersion")
    given = {name: attributes[name] for name in names if name in attributes}
    assert {name: row[name] for name in names if name in row} == given | filled


@pytest.mark.parametrize(
    ("attributes", "registered", "filled"),
    [
        pytest.param(KEYLESS, device(**RADIO), {"frequencyPlanID": "EU_433"}, id="created, with what the thing says"),
        pytest.param(
            IDENTITY,
            device(method="claimed", **RADIO),
            {"frequencyPlanID": "EU_433", "lorawanVersion": "1.0.2", "regionalParametersVersion": "1.0.2-b"},
            id="claimed, and the thing says no versions",
        ),
        pytest.param(
            IDENTITY,
            device(**RADIO, from_model=("lorawanVersion", "regionalParametersVersion")),
            {"frequencyPlanID": "EU_433"},
            id="versions that the model gives",
        ),
        pytest.param(CREATE, device(**RADIO), {"frequencyPlanID": "EU_433"}, id="the default was another one then"),
        pytest.param(KEYLESS | {"frequencyPlanID": "AU"}, device(**RADIO), {"frequencyPlanID": "AU"}, id="its own"),
        pytest.param(KEYLESS, device(method="adopted", **RADIO), {}, id="there before its thing"),
    ],
)
def test_a_thing_takes_along_what_its_device_was_registered_with(notes, attributes, registered, filled):
    [row] = rows_of(notes, {"pump-7": attributes}, ("pump-7", registered))

    names = ("frequencyPlanID", "lorawanVersion", "regionalParametersVersion")
    given = {name: attributes[name] for name in names if name in attributes}
    assert {name: row[name] for name in names if name in row} == given | filled


@pytest.mark.parametrize(
    ("attributes", "registered", "lacking"),
    [
        pytest.param(KEYLESS, device(fingerprints={"appKey": "a", "nwkKey": "b"}), "appKey,nwkKey", id="root keys"),
        pytest.param(IDENTITY, device(method="claimed"), "claimAuthenticationCode", id="claim code"),
        pytest.param(CREATE, device(fingerprints={"appKey": "a"}), "appKey", id="still on the thing"),
        pytest.param(SCANNED, device(method="claimed"), "qrCode", id="QR code on the thing"),
        pytest.param(CREATE, None, "appKey", id="not registered yet"),
        pytest.param(CREATE | {"appKey": SECRET}, device(fingerprints={"appKey": "a"}), "", id="a reference"),
        pytest.param(
            KEYLESS | {"fNwkSIntKey": SECRET}, device(fingerprints={"nwkSKey": "a"}), "", id="by its other name"
        ),
        pytest.param(IDENTITY, device(method="mirrored"), "", id="made from its device"),
        pytest.param(IDENTITY, device(method="adopted", fingerprints={"appKey": "a"}), "", id="there before its thing"),
    ],
)
def test_each_thing_that_needs_a_key_or_a_code_is_named(notes, attributes, registered, lacking):
    rows_of(notes, {f"{STACK}_eui-{DEV_EUI.lower()}": attributes}, (f"{STACK}_eui-{DEV_EUI.lower()}", registered))

    assert [*notes.all_lacking()] == ([(f"other_eui-{DEV_EUI.lower()}", lacking)] if lacking else [])


def test_of_two_things_of_one_name_the_first_of_the_journal_counts(notes):
    both = [("pump-7", device(frequency_plan_id=plan)) for plan in ("EU_433", "AU_915_928_FSB_2")]

    [row] = rows_of(notes, {"pump-7": KEYLESS}, *both)

    assert row["frequencyPlanID"] == "EU_433"


def test_what_was_exported_for_a_stack_is_what_it_imports(notes):
    with OwnDevices.opened() as own:
        [row] = moved_rows(listed({"pump-7": CREATE | {"appKey": SECRET}}), MOVE, own, notes)
    other = Target("other", StackDefaults("US_902_928_FSB_2", "1.0.4", "RP002-1.0.3"))

    found = check_row(CsvRow(2, tuple(row.values())), columns_of(COLUMNS), other)

    assert isinstance(found, PlannedThing), found
    assert (found.thing_name, found.attributes["appKey"]) == ("pump-7", COPIED)
    assert found.attributes["frequencyPlanID"] == "EU_863_870_TTN"


@pytest.mark.parametrize(
    ("stack_name", "account_id", "expected"),
    [
        pytest.param("my stack", "", "my stack is not a stack name", id="blank"),
        pytest.param("7up", "", "7up is not a stack name", id="a digit first"),
        pytest.param("s" * 63, "", "may have 62", id="too long for its queues"),
        pytest.param(
            "other", "4444-5555-6666", "is not an AWS account ID: it must have 12 digits", id="account with dashes"
        ),
    ],
)
def test_a_stack_that_cannot_be_is_reported(stack_name, account_id, expected):
    with pytest.raises(WrongInputError, match=expected):
        destination_of(stack_name, region="", partition="", account_id=account_id)


def test_a_stack_that_may_be_is_a_destination():
    there = destination_of("other", region="us-east-1", partition="aws", account_id="444455556666")

    assert there == Destination("other", "us-east-1", "aws", "444455556666")
