"""What DynamoDB may refuse a request for, under the names that the state machine knows; moto never answers so."""

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from tests.journal_samples import accepted, entry
from tests.ports.journal_owners import OWNER
from tests.samples import DEVICE_ID, THING_ID
from workflows.adapters.journal.items import snapshot_item
from workflows.domain.fold import ThingState, evolve
from workflows.errors import JournalMovedAnswer, RegistryThrottledError, RegistryUnavailableError, ThingBusyError

FAILED = "ConditionalCheckFailed"
TOO_HOT = "ProvisionedThroughputExceededException"

MOVED = (JournalMovedAnswer, "has grown")
MET = (ThingBusyError, r"Two transactions .* met")
UNDER_WAY = (ThingBusyError, "is under way")
THROTTLED = (RegistryThrottledError, "AWS throttled")
UNAVAILABLE = (RegistryUnavailableError, "AWS failed")
AS_IT_IS = (ClientError, "AccessDenied")


@pytest.fixture
def answers(client):
    with Stubber(client) as stubber:
        yield stubber


@pytest.mark.parametrize(
    ("reasons", "refusal"),
    [
        pytest.param(["TransactionConflict"], MET, id="conflict"),
        pytest.param(["ThrottlingError"], THROTTLED, id="throttled"),
        pytest.param(["ProvisionedThroughputExceeded"], THROTTLED, id="too-hot"),
        pytest.param(["ThrottlingError", "TransactionConflict"], MET, id="conflict-and-throttled"),
        pytest.param(["None", FAILED, "TransactionConflict"], MOVED, id="moved-first"),
    ],
)
def test_each_reason_of_a_cancellation_has_its_name(journal, answers, reasons, refusal):
    error, text = refusal
    answers.add_client_error(**cancelled(*reasons))

    with pytest.raises(error, match=text):
        journal.append(entry(ThingState(), accepted()))


def test_a_reason_that_nobody_expects_is_raised_as_it_is(journal, answers):
    answers.add_client_error(**cancelled("ItemCollectionSizeLimitExceeded"))

    with pytest.raises(ClientError, match="TransactionCanceledException"):
        journal.append(entry(ThingState(), accepted()))


def test_where_the_fact_alone_is_said_to_be_there_the_snapshot_decides(journal, answers):
    """DynamoDB does not promise to name every condition that failed."""
    moved = snapshot_item(entry(ThingState(), accepted()), evolve(ThingState(), 0, accepted()))
    answers.add_client_error(**cancelled(FAILED))
    answers.add_response("get_item", {"Item": moved})

    with pytest.raises(JournalMovedAnswer, match="has grown"):
        journal.append(entry(ThingState(), accepted()))


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        pytest.param(("TransactionInProgressException", 400), MET, id="in-progress"),
        pytest.param(("ThrottlingException", 400), THROTTLED, id="throttled"),
        pytest.param((TOO_HOT, 400), THROTTLED, id="too-hot"),
        pytest.param(("InternalServerError", 500), UNAVAILABLE, id="5xx"),
        pytest.param(("AccessDeniedException", 400), AS_IT_IS, id="anything-else"),
    ],
)
def test_an_error_of_an_append_has_its_name(journal, answers, answer, refusal):
    (code, status), (error, text) = answer, refusal
    answers.add_client_error("transact_write_items", code, http_status_code=status)

    with pytest.raises(error, match=text):
        journal.append(entry(ThingState(), accepted()))


@pytest.mark.parametrize(
    ("reasons", "refusal"),
    [
        pytest.param([FAILED], (ThingBusyError, "has just moved"), id="moved"),
        pytest.param(["None", "TransactionConflict"], UNDER_WAY, id="conflict"),
        pytest.param(["ThrottlingError"], THROTTLED, id="throttled"),
        pytest.param(["ItemCollectionSizeLimitExceeded"], (ClientError, "TransactionCanceled"), id="anything-else"),
    ],
)
def test_each_reason_why_nothing_was_freed_has_its_name(journal, answers, reasons, refusal):
    error, text = refusal
    answers.add_client_error(**cancelled(*reasons))

    with pytest.raises(error, match=text):
        journal.free(DEVICE_ID, OWNER, facts=1)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        pytest.param("TransactionInProgressException", UNDER_WAY, id="in-progress"),
        pytest.param(TOO_HOT, THROTTLED, id="too-hot"),
        pytest.param("AccessDeniedException", AS_IT_IS, id="anything-else"),
    ],
)
def test_an_error_of_freeing_has_its_name(journal, answers, code, refusal):
    error, text = refusal
    answers.add_client_error("transact_write_items", code)

    with pytest.raises(error, match=text):
        journal.free(DEVICE_ID, OWNER, facts=1)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        pytest.param("get_item", lambda journal: journal.read(THING_ID), id="read"),
        pytest.param("get_item", lambda journal: journal.owner(DEVICE_ID), id="owner"),
        pytest.param("query", lambda journal: list(journal.facts(THING_ID)), id="facts"),
        pytest.param("query", lambda journal: list(journal.named("pump-7")), id="named"),
        pytest.param("query", lambda journal: list(journal.by_status("failed")), id="status"),
    ],
)
def test_throttled_reads_have_their_name(journal, answers, operation, call):
    answers.add_client_error(operation, TOO_HOT)

    with pytest.raises(RegistryThrottledError, match="AWS throttled"):
        call(journal)


def cancelled(*codes):
    """The fact's, the snapshot's and one owner's reason."""
    reasons = [{"Code": code} for code in (*codes, *["None"] * (3 - len(codes)))]
    return {
        "method": "transact_write_items",
        "service_error_code": "TransactionCanceledException",
        "modeled_fields": {"CancellationReasons": reasons},
    }
