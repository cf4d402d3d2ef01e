"""The Device Repository in memory: one model. What it does not know, it refuses as the client does."""

from dataclasses import dataclass, field

from workflows.domain.model import Firmware
from workflows.errors import ValueRefusedAnswer
from workflows.ports.things_stack import DeviceRepository


@dataclass
class FakeDeviceRepository(DeviceRepository):
    """``templates`` by firmware version and band; ``by_numbers`` by vendor and profile; ``asked`` names the calls."""

    model: tuple[Firmware, ...] = ()
    templates: dict = field(default_factory=dict)
    by_numbers: dict = field(default_factory=dict)
    plans: dict = field(default_factory=dict)
    known: tuple[str, ...] = ("pump",)
    asked: list = field(default_factory=list)

    def brands(self):
        self.asked.append("brands")
        return ("acme",)

    def models(self, brand_id):
        self.asked.append("models")
        return self.known if brand_id == "acme" else ()

    def firmware(self, brand_id, model_id):
        self.asked.append("firmware")
        if brand_id != "acme" or model_id not in self.known:
            raise ValueRefusedAnswer("the brand has no such model", attributes=("modelID",))
        return self.model

    def template(self, version):
        self.asked.append("template")
        found = self.templates.get((version.firmware_version, version.band_id))
        if found is None:
            raise ValueRefusedAnswer("the model has no such firmware version", attributes=("firmwareVersion",))
        return found

    def template_by_numbers(self, vendor_id, profile_id):
        self.asked.append("numbers")
        return self.by_numbers.get((vendor_id, profile_id))

    def band(self, plan_id):
        self.asked.append("band")
        return self.plans.get(plan_id)
