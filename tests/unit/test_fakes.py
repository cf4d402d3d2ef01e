"""The fakes do what the real adapters do: the suites are the same."""

import pytest

from tests.fakes.configuring import FakeApplications
from tests.fakes.executions import FakeDeadLetters, FakeExecutions
from tests.fakes.mirrored_things import FakeMirroredThings
from tests.fakes.notifying import FakeShadow, FakeThingLog
from tests.fakes.secrets import FakeDeviceSecrets
from tests.fakes.things_stack import FakeThingsStack
from tests.fakes.webhook import FakeActivityQueue, FakeWebhookSecret
from tests.ports.application import ApplicationContract
from tests.ports.dead_letters import DeadLetterQueueContract
from tests.ports.device_registry import DeviceRegistryContract
from tests.ports.device_secrets import DeviceSecretsContract
from tests.ports.executions import ExecutionsContract
from tests.ports.mirrored_things import MirroredThingsContract
from tests.ports.runs import RunsContract
from tests.ports.shadow import RegistrationShadowContract
from tests.ports.thing_log import ThingLogContract
from tests.ports.webhook import ActivityQueueContract, WebhookSecretContract


class TestFakeThingsStack(DeviceRegistryContract):
    @pytest.fixture
    def deployment(self):
        return FakeThingsStack()


class TestFakeApplications(ApplicationContract):
    @pytest.fixture
    def deployment(self):
        return FakeApplications()


class TestFakeExecutions(ExecutionsContract):
    @pytest.fixture
    def executions(self):
        return FakeExecutions()

    @pytest.fixture
    def end(self, executions):
        return executions.end


class TestFakeRuns(RunsContract):
    @pytest.fixture
    def runs(self):
        return FakeExecutions()

    @pytest.fixture
    def start(self, runs):
        return lambda name: runs.start(name, "{}")

    @pytest.fixture
    def end(self, runs):
        return runs.end


class TestFakeDeadLetters(DeadLetterQueueContract):
    @pytest.fixture
    def dead_letters(self):
        return FakeDeadLetters()

    @pytest.fixture
    def messages(self, dead_letters):
        return lambda: dead_letters.messages


class TestFakeThingLog(ThingLogContract):
    @pytest.fixture
    def thing_log(self):
        return FakeThingLog()

    @pytest.fixture
    def lines(self, thing_log):
        return thing_log.lines.__getitem__


class TestFakeShadow(RegistrationShadowContract):
    @pytest.fixture
    def shadow(self):
        return FakeShadow()


class TestFakeDeviceSecrets(DeviceSecretsContract):
    @pytest.fixture
    def secrets(self):
        return FakeDeviceSecrets({})

    @pytest.fixture
    def stored(self, secrets):
        def keep(text):
            secrets.texts["arn:stored"] = text
            return "arn:stored"

        return keep


class TestFakeMirroredThings(MirroredThingsContract):
    @pytest.fixture
    def things(self):
        return FakeMirroredThings()

    @pytest.fixture
    def have(self, things):
        def make(thing):
            things.things[thing.thing_name] = thing

        return make


class TestFakeActivityQueue(ActivityQueueContract):
    @pytest.fixture
    def queue(self):
        return FakeActivityQueue()

    @pytest.fixture
    def waiting(self, queue):
        return lambda: queue.messages


class TestFakeWebhookSecret(WebhookSecretContract):
    @pytest.fixture
    def secret(self):
        return FakeWebhookSecret("none")

    @pytest.fixture
    def store(self, secret):
        def keep(text):
            secret.stored = text

        return keep
