import pytest

from tests.samples import CODE, DEV_EUI, JOIN_EUI, QR_CODE
from workflows.domain.qr_code import QRCode, in_final_spelling, read_qr_code

LABEL = f"LW:D0:{JOIN_EUI}:{DEV_EUI}:ABCD1234"
DRAFT_2 = f"URN:LW:DP:{JOIN_EUI}:{DEV_EUI}:ABCD1234"
DRAFT_3 = f"URN:DEV:LW:{JOIN_EUI}_{DEV_EUI}_ABCD1234"
PROFILE = (0xABCD, 0x1234)
WITH_CODE = QRCode(JOIN_EUI, DEV_EUI, CODE, PROFILE)
WITHOUT_CODE = QRCode(JOIN_EUI, DEV_EUI, None, PROFILE)
WITHOUT_JOIN_EUI = QRCode("0" * 16, DEV_EUI, None, PROFILE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(QR_CODE, WITH_CODE, id="as printed"),
        pytest.param(QR_CODE.lower(), WITH_CODE, id="lower case"),
        pytest.param(f"{LABEL}:O{CODE}", WITH_CODE, id="owner token alone"),
        pytest.param(f"{LABEL}:SYYWWNNNNNN:P01:O{CODE}:C1234", WITH_CODE, id="any order"),
        pytest.param(f"{LABEL}::O{CODE}::", WITH_CODE, id="empty fields between and behind"),
        pytest.param(f"{LABEL}:O:O{CODE}", WITH_CODE, id="empty owner token before the real one"),
        pytest.param(f"{LABEL}:XO99:Q:1:O{CODE}:Zebra", WITH_CODE, id="unknown fields"),
        pytest.param(f"{LABEL}:OFFFF:O{CODE}", WITH_CODE, id="the last of two owner tokens, as The Things Stack"),
        pytest.param(f"{LABEL}:O{CODE}:O", WITH_CODE, id="empty owner token behind the real one"),
        pytest.param(f"{LABEL}:CAF2C:O{CODE}:SYYWWNNNNNN:P$%*+-. /", WITH_CODE, id="all that a QR code may hold"),
        pytest.param(f"{LABEL}:O{CODE}:V99", WITH_CODE, id="a draft's mark means nothing"),
        pytest.param(LABEL, WITHOUT_CODE, id="no fields"),
        pytest.param(f"{LABEL}:", WITHOUT_CODE, id="one empty field"),
        pytest.param(f"{LABEL}:O", WITHOUT_CODE, id="owner token empty"),
        pytest.param(f"{LABEL}:SYYWWNNNNNN:CO91B4D2F7", WITHOUT_CODE, id="an O inside another field"),
        pytest.param(f"LW:D0:{'0' * 16}:{DEV_EUI}:ABCD1234", WITHOUT_JOIN_EUI, id="zero JoinEUI"),
    ],
)
def test_a_label_is_read_field_by_field(text, expected):
    assert read_qr_code(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("https://example.com/device", id="another code"),
        pytest.param(LABEL.replace("D0", "D1"), id="another version"),
        pytest.param(LABEL.removesuffix(":ABCD1234"), id="no profile"),
        pytest.param(LABEL[:-1], id="short profile"),
        pytest.param(f"{LABEL}5", id="long profile"),
        pytest.param(LABEL.replace(DEV_EUI, DEV_EUI[:-1]), id="short DevEUI"),
        pytest.param(LABEL.replace(":", "-"), id="dashes"),
        pytest.param(f" {LABEL}", id="space in front"),
        pytest.param(f"{LABEL}\n", id="line break behind"),
        pytest.param(f"{LABEL}:O91-B4", id="owner token that is no code"),
        pytest.param(f"{LABEL}:O{'A' * 33}", id="owner token of 33 characters"),
        pytest.param(f"{LABEL}:O{CODE}\n", id="line break behind the owner token"),
    ],
)
def test_a_text_that_is_no_label_is_none(text):
    assert read_qr_code(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(DRAFT_2, WITHOUT_CODE, id="draft 2"),
        pytest.param(f"{DRAFT_2}:", WITHOUT_CODE, id="draft 2, nothing behind"),
        pytest.param(f"{DRAFT_2}:%V{CODE}", WITH_CODE, id="draft 2 with code"),
        pytest.param(f"{DRAFT_2}:V{CODE}", WITH_CODE, id="draft 2, the first mark without its sign"),
        pytest.param(f"{DRAFT_2}:%25V{CODE}%25SA1", WITH_CODE, id="draft 2 with escaped signs"),
        pytest.param(f"{DRAFT_2}:%SA$*+-./1%V{CODE}%PX%Z:_#", WITH_CODE, id="draft 2, any order, unknown fields"),
        pytest.param(f"{DRAFT_2}:%V%S%P", WITHOUT_CODE, id="draft 2, empty fields"),
        pytest.param(f"{DRAFT_2}:%O{CODE}", WITHOUT_CODE, id="draft 2, TR005's mark means nothing"),
        pytest.param(f"{DRAFT_2}:%V{CODE}".lower(), WITH_CODE, id="draft 2 in lower case"),
        pytest.param(DRAFT_3, WITHOUT_CODE, id="draft 3"),
        pytest.param(f"{DRAFT_3}_", WITHOUT_CODE, id="draft 3, nothing behind"),
        pytest.param(f"{DRAFT_3}_V{CODE}", WITH_CODE, id="draft 3 with code"),
        pytest.param(f"{DRAFT_3}_SA1_PX_V{CODE}_Z#", WITH_CODE, id="draft 3, any order, unknown fields"),
        pytest.param(f"{DRAFT_3}_V_S_P", WITHOUT_CODE, id="draft 3, empty fields"),
        pytest.param(f"{DRAFT_3}_O{CODE}", WITHOUT_CODE, id="draft 3, TR005's mark means nothing"),
        pytest.param(f"{DRAFT_3}_V{CODE}".lower(), WITH_CODE, id="draft 3 in lower case"),
    ],
)
def test_a_label_of_a_draft_is_read_as_the_things_stack_reads_it(text, expected):
    assert read_qr_code(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(DRAFT_2.removesuffix(":ABCD1234"), id="draft 2 without a profile"),
        pytest.param(f"{DRAFT_2}5", id="draft 2, long profile"),
        pytest.param(f"{DRAFT_2}%V{CODE}", id="draft 2, no colon before the fields"),
        pytest.param(f"{DRAFT_2}:%V91$B4", id="draft 2, code that none can be"),
        pytest.param(f"{DRAFT_2}:%P#_", id="draft 2, a character that it does not know"),
        pytest.param(f"{DRAFT_2}:%SA:1", id="draft 2, a colon in a field"),
        pytest.param(DRAFT_2.replace(":", "_"), id="draft 2 with draft 3's separator"),
        pytest.param(DRAFT_3.removesuffix("_ABCD1234"), id="draft 3 without a profile"),
        pytest.param(f"{DRAFT_3}_P#", id="draft 3, a character that it does not know"),
        pytest.param(f"{DRAFT_3}_S1-2", id="draft 3, a dash"),
        pytest.param(DRAFT_3.replace("_", ":"), id="draft 3 with draft 2's separator"),
        pytest.param(DRAFT_3.replace(DEV_EUI, DEV_EUI[:-1]), id="draft 3, short DevEUI"),
        pytest.param(f"URN:LW:D0:{JOIN_EUI}:{DEV_EUI}:ABCD1234", id="neither of both"),
        pytest.param(f"{DRAFT_3}_V{CODE}\n", id="line break behind"),
    ],
)
def test_what_the_things_stack_refuses_of_a_draft_is_none(text):
    assert read_qr_code(text) is None
    assert in_final_spelling(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(LABEL, LABEL, id="as it is"),
        pytest.param(f"{LABEL}:CAF2C:SA1:Z9:O{CODE.lower()}", f"{LABEL}:O{CODE}:SA1", id="fields that mean something"),
        pytest.param(f"{DRAFT_2}:%SA+1%V{CODE}%PX", f"{LABEL}:O{CODE}:SA+1:PX", id="draft 2"),
        pytest.param(f"{DRAFT_3}_SA1_V{CODE}_PX", f"{LABEL}:O{CODE}:SA1:PX", id="draft 3"),
        pytest.param(DRAFT_3.lower(), LABEL, id="draft 3 without a code"),
    ],
)
def test_every_label_has_a_spelling_of_tr005(text, expected):
    assert in_final_spelling(text) == expected
    assert read_qr_code(expected) == read_qr_code(text)


def test_a_label_never_prints_its_code():
    assert CODE not in repr(WITH_CODE)
