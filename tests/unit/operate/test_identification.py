"""Texts that people call a thing by."""

import pytest

from operate.errors import WrongInputError
from operate.views.identification import (
    DevEuiMatch,
    choose,
    how_to_make_ours,
    is_thing_name,
    misspelled,
    not_found,
    read_dev_eui,
    read_dev_eui_pattern,
    what_is_not_ours,
)
from workflows.domain.scope import StackScope

SCOPE = StackScope("thingsync", "lorawan")
DEV_EUI = "70B3D57ED0000001"


@pytest.mark.parametrize(
    "text",
    [
        DEV_EUI,
        DEV_EUI.lower(),
        "70B3d57ed0000001",
        "70-B3-D5-7E-D0-00-00-01",
        "70:b3:d5:7e:d0:00:00:01",
        "70b3.d57e.d000.0001",
        " 70 B3 D5 7E D0 00 00 01 ",
        "eui-70b3d57ed0000001",
        "EUI-70B3D57ED0000001",
    ],
)
def test_a_dev_eui_is_read_in_any_spelling(text):
    assert read_dev_eui(text) == DEV_EUI


@pytest.mark.parametrize("text", ["", "pump-7", "0000000000000000", DEV_EUI[:-1], f"{DEV_EUI}0", "eui-", "euro-1"])
def test_anything_else_is_no_dev_eui(text):
    assert read_dev_eui(text) is None


@pytest.mark.parametrize(("text", "is_one"), [("pump:7_a-B", True), ("70 B3", False), ("a/b", False), ("", False)])
def test_only_names_that_aws_iot_allows_are_looked_for(text, is_one):
    assert is_thing_name(text) is is_one


@pytest.mark.parametrize(
    ("type_name", "attributes", "texts"),
    [
        ("lorawan", {"stackName": "thingsync"}, ()),
        ("lorawan", {"stackName": "thingsynk"}, ("its stackName is thingsynk, this stack is thingsync",)),
        ("lorawan", {}, ("it has no stackName, this stack is thingsync",)),
        ("lamp", {"stackName": "thingsync"}, ("its thing type is lamp, this stack's is lorawan",)),
        (None, {"stackName": "thingsync"}, ("it has no thing type, this stack's is lorawan",)),
    ],
)
def test_what_makes_a_thing_another_stacks_is_named(type_name, attributes, texts):
    assert what_is_not_ours(type_name, attributes, SCOPE) == texts


def test_what_makes_a_thing_this_stacks_is_an_exact_command():
    both = what_is_not_ours("lamp", {"stackName": "thingsynk"}, SCOPE)

    assert how_to_make_ours("pump", both, SCOPE) == (
        "If it should be this stack's: aws iot update-thing --thing-name pump --thing-type-name lorawan; "
        "thingsync set pump stackName=thingsync"
    )
    assert how_to_make_ours("pump", both[1:], SCOPE).endswith("stack's: thingsync set pump stackName=thingsync")
    assert how_to_make_ours("pump", (), SCOPE) == ""


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        (["devEUI", "owner"], ()),
        (["DevEui"], ("it has DevEui: you meant devEUI",)),
        (["dev_eui", "stackname"], ("it has dev_eui: you meant devEUI", "it has stackname: you meant stackName")),
        (["devEUI", "DEVEUI"], ()),
        (
            ["Latitude", "supportsClassc"],
            ("it has Latitude: you meant latitude", "it has supportsClassc: you meant supportsClassC"),
        ),
        (["Label:Site_No"], ("it has Label:Site_No: you meant label:site-no",)),
        (["labels:room"], ("it has labels:room: you meant label:room",)),
        (["label_room"], ("it has label_room: you meant label:room",)),
        (["label:room", "label_room"], ()),
        (["label:room", "label_aws-x", "labelled", "label-it!"], ()),
    ],
)
def test_an_attribute_that_is_spelled_otherwise_is_named(names, texts):
    assert misspelled(names) == texts


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("pump-7", "list --name 'pump*'"),
        ("A84041", "list --eui 'A84041*'"),
        ("a8:40:41", "list --eui 'A84041*'"),
        ("pu", "list --name 'pu*'"),
    ],
)
def test_what_nobody_knows_can_be_searched_for(text, search):
    assert not_found(text, "thingsync").endswith(search)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("a8-40*", "A840*"), ("*01", "*01"), ("A8404?*", "A8404?*"), ("A84041", None), ("pump*", None)],
)
def test_a_part_of_a_dev_eui_is_read(text, pattern):
    assert read_dev_eui_pattern(text) == pattern


def match(name, rank):
    return DevEuiMatch(name, rank, f"{name} ({rank})")


@pytest.mark.parametrize(
    ("matches", "name"),
    [
        ([], None),
        ([match("old", "past"), match("new", "current")], "new"),
        ([match("theirs", "not ours"), match("ours", "current")], "ours"),
        ([match("theirs", "not ours"), match("old", "past")], "theirs"),
        ([match("latest", "past"), match("earlier", "past")], "latest"),
        ([match("twice", "current"), match("twice", "current")], "twice"),
    ],
)
def test_the_thing_that_has_the_dev_eui_now_is_meant(matches, name):
    assert choose(DEV_EUI, matches) == name


def test_if_two_things_have_the_dev_eui_both_are_named():
    both = r"2 things have the DevEUI 70B3D57ED0000001: pump-1 \(current\), pump-2 \(current\)\. Give the name of one\."

    with pytest.raises(WrongInputError, match=both):
        choose(DEV_EUI, [match("pump-1", "current"), match("pump-2", "current")])
