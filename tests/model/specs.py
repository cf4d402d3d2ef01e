"""Things as their users write them: few identities, so that things meet; what stands in a spec is what counts."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tests.samples import APP_KEY, DEV_ADDR, FINGERPRINT_KEY, JOIN_EUI, NWK_KEY, NWK_S_KEY, STACK, radio
from workflows.domain.attributes import NO_VALUES, DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds
from workflows.domain.fingerprint import fingerprints

DEV_EUIS = ("70B3D57ED0050001", "70B3D57ED0050002")


def code_of(dev_eui):
    return f"C0DE{dev_eui[-4:]}"


CODES = {dev_eui: code_of(dev_eui) for dev_eui in DEV_EUIS}
KEYS = (APP_KEY, "00112233445566778899AABBCCDDEEFF")
PLANS = ("EU_863_870_TTN", "US_902_928_FSB_2")
NOWHERE = "MARS_1_TTN"
# What else a thing says in two states: the second gives less, and what it gives is other than in the first.
SETTINGS = {
    None: {},
    "given": {
        "supportsClassC": "true",
        "rx1Delay": "5",
        "payloadFormatter": "none",
        "label:site": "works",
        "label:room": "12",
        "latitude": "47.5",
        "longitude": "8.5",
        "accuracy": "10",
    },
    "otherwise": {
        "rx1Delay": "3",
        "payloadFormatter": "cayennelpp",
        "label:site": "harbour",
        "latitude": "53.5",
        "longitude": "10.5",
    },
}
# The same as the servers have it.
SAID = {
    None: NO_VALUES,
    "given": DeviceValues(
        supports_class_c=True,
        rx1_delay=5,
        payload_formatter="FORMATTER_NONE",
        labels={"site": "works", "room": "12"},
        latitude=47.5,
        longitude=8.5,
        accuracy=10,
    ),
    "otherwise": DeviceValues(
        rx1_delay=3,
        payload_formatter="FORMATTER_CAYENNELPP",
        labels={"site": "harbour"},
        latitude=53.5,
        longitude=10.5,
    ),
}
# What somebody else, and The Things Stack itself, write beside that.
THEIR_LABEL = {"owner": "somebody"}
SOLVED = {"frm-payload": {"latitude": 1.5, "longitude": 2.5, "source": "SOURCE_LORA_RSSI_GEOLOCATION"}}
SETTING_NAMES = SAID["given"].given().keys()
OTHER_STACK = "another-stack"


def prints_of(keys):
    return fingerprints(FINGERPRINT_KEY, keys)


@dataclass(frozen=True)
class Spec:
    """``way``: keys, keys 1.1, code, wrong code, abp, its address alone, or nothing at all.

    abp alone and its address alone are of a device without a JoinEUI. ``plan`` None leaves it to the stack.
    ``settings`` names those of ``SETTINGS``.
    """

    dev_eui: str = DEV_EUIS[0]
    named: str | None = None
    way: str = "keys"
    app_key: str = APP_KEY
    plan: str | None = None
    name: str | None = None
    description: str | None = None
    dev_addr: str = DEV_ADDR
    stack: str = STACK
    malformed: bool = False
    settings: str | None = None

    def attributes(self):
        given = {
            "devEUI": "no EUI" if self.malformed else self.dev_eui,
            "joinEUI": self.join_eui or None,
            "stackName": self.stack,
            "deviceID": self.named,
            "frequencyPlanID": self.plan,
            "name": self.name,
            "description": self.description,
        }
        given |= self._way_to_join() | SETTINGS[self.settings]
        return {name: value for name, value in given.items() if value is not None}

    def _way_to_join(self):
        versions = {"lorawanVersion": "1.0.3", "regionalParametersVersion": "1.0.3-a", "appKey": self.app_key}
        session = {"devAddr": self.dev_addr, "appSKey": self.app_key, "nwkSKey": NWK_S_KEY}
        return {
            "keys": versions,
            "keys 1.1": versions | {"lorawanVersion": "1.1", "regionalParametersVersion": "1.1-b", "nwkKey": NWK_KEY},
            "abp": versions | session | {"appKey": None},
            "abp alone": versions | session | {"appKey": None},
            "address alone": versions | {"devAddr": self.dev_addr, "appKey": None},
            "code": {"claimAuthenticationCode": code_of(self.dev_eui)},
            "wrong code": {"claimAuthenticationCode": "WR0NG"},
            "nothing": {},
        }[self.way]

    @property
    def ids(self):
        return DeviceIds(self.named or f"eui-{self.dev_eui.lower()}", self.dev_eui, self.join_eui)

    @property
    def join_eui(self):
        return "" if self.way in ("abp alone", "address alone") else JOIN_EUI

    @property
    def is_abp(self):
        return self.way in ("abp", "abp alone", "address alone")

    @property
    def activation(self):
        """How the device comes to its keys; of several, what the Identity and Network Server can tell apart."""
        return "session" if self.is_abp else "code" if self.way.endswith("code") else "keys"

    @property
    def session_keys(self):
        """None where the thing gives none."""
        is_given = self.way in ("abp", "abp alone")
        return DeviceKeys(app_s_key=self.app_key, nwk_s_key=NWK_S_KEY) if is_given else None

    @property
    def root_keys(self):
        """None where the thing gives none."""
        if not self.way.startswith("keys"):
            return None
        return DeviceKeys(self.app_key, NWK_KEY if self.way == "keys 1.1" else None)

    @property
    def radio(self):
        """What a device that is registered with these very attributes has."""
        versions = ("MAC_V1_1", "PHY_V1_1_REV_B") if self.way == "keys 1.1" else ("MAC_V1_0_3", "PHY_V1_0_3_REV_A")
        address = {"dev_addr": self.dev_addr} if self.is_abp else {}
        return replace(radio(self.plan or PLANS[0], *versions), **address)

    @property
    def said(self):
        """What the settings are to the servers."""
        return SAID[self.settings]

    def corrected(self, device, *, keeps=True):
        """What the user makes of it after the error message: ``device`` is what the thing has, None if nothing.

        ``keeps``: keys and radio of a device that was there before are not for the thing to change.
        """
        valid = replace(self, malformed=False, plan=PLANS[0])
        if device is None:
            return replace(valid, way="keys" if self.way == "nothing" else self.way.removeprefix("wrong "))
        if device.method == "adopted" and keeps:
            return self._taken_back(device)
        way = "code" if device.method == "claimed" else "abp" if device.is_abp else "keys"
        return replace(valid, way=way, dev_eui=device.dev_eui, named=device.named)

    def _taken_back(self, device):
        """Give back the keys that were given when the device was linked, and say nothing of its plan."""
        known = device.fingerprints
        if "appSKey" in known:
            return self._taken_back_session(device)
        given = {prints_of(DeviceKeys(key))["appKey"]: key for key in KEYS}.get(known.get("appKey"))
        way = "code" if given is None else "keys 1.1" if "nwkKey" in known else "keys"
        euis = {"dev_eui": device.dev_eui, "named": device.named}
        return replace(self, malformed=False, plan=None, way=way, app_key=given or self.app_key, **euis)

    def _taken_back_session(self, device):
        [given] = [
            key for key in KEYS if prints_of(DeviceKeys(app_s_key=key))["appSKey"] == device.fingerprints["appSKey"]
        ]
        dev_addr = device.values.dev_addr or self.dev_addr  # a thing without keys need not have given it
        ids = {"dev_eui": device.dev_eui, "named": device.named, "dev_addr": dev_addr}
        return replace(self, malformed=False, plan=None, way="abp", app_key=given, **ids)


ways = st.sampled_from(["keys", "keys", "keys 1.1", "code", "code", "abp", "abp", "wrong code", "nothing"])
names = st.sampled_from([None, "Pump", "Valve"])
plans = st.sampled_from([*PLANS, NOWHERE])
dev_euis = st.sampled_from(DEV_EUIS)
device_ids = st.sampled_from([None, "pump-a"])
states = st.sampled_from(list(SETTINGS))
specs = st.builds(
    Spec,
    dev_eui=dev_euis,
    named=device_ids,
    way=ways,
    app_key=st.sampled_from(KEYS),
    plan=st.none() | plans,
    name=names,
    settings=states,
)

# One change of a thing by its user. A plan is never taken away again: absent would mean unchanged.
changes = st.one_of(
    st.builds(lambda name: {"name": name}, names),
    st.builds(lambda name: {"description": name}, names),
    st.builds(lambda key: {"app_key": key}, st.sampled_from(KEYS)),
    st.builds(lambda address: {"dev_addr": address}, st.sampled_from([DEV_ADDR, "00B6F064"])),
    st.builds(lambda plan: {"plan": plan}, plans),
    st.builds(lambda way: {"way": way}, ways),
    st.builds(lambda settings: {"settings": settings}, states),
    st.builds(lambda stack: {"stack": stack}, st.sampled_from([STACK, OTHER_STACK])),
    st.builds(lambda dev_eui: {"dev_eui": dev_eui}, dev_euis),
    st.builds(lambda named: {"named": named}, device_ids),
    st.builds(lambda malformed: {"malformed": malformed}, st.booleans()),
)
