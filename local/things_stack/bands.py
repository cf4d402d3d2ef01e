"""The bands as each version of the regional parameters has them, and what frequency plans change of that.

bands.json holds of both what the Network Server judges MAC settings by.
"""

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

_FILE = json.loads(resources.files("local.things_stack").joinpath("bands.json").read_text(encoding="utf-8"))
# What a plan says beside its band: a ping slot, RX2, a limit of power and sub-bands of its own.
OF_PLAN: dict[str, dict[str, Any]] = _FILE["plans"]


@dataclass(frozen=True, slots=True)
class Band:
    """Frequencies in Hz; a beacon or ping slot that hops has the frequency 0.

    ``sub_bands`` are ranges in which a channel may be. A band with ``uplink_channels``, as (first, step, count), has
    no others.
    """

    data_rates: list[int]
    sub_bands: list[tuple[int, int]]
    uplink_channels: list[tuple[int, int, int]]
    has_tx_param_setup: bool
    has_dynamic_adr: bool
    max_eirp: float
    rx2_frequency: int
    rx2_data_rate: int
    beacon_data_rate: int
    beacon_frequency: int
    ping_slot_frequency: int

    def may_have_channel(self, plan_id: str, frequency: int) -> bool:
        if self.uplink_channels:
            return any(
                frequency in range(first, first + step * count, step) for first, step, count in self.uplink_channels
            )
        ranges = [*self.sub_bands, *OF_PLAN.get(plan_id, {}).get("sub_bands", [])]
        return any(lowest <= frequency <= highest for lowest, highest in ranges)


BANDS: dict[str, dict[str, Band]] = {
    band_id: {
        version: Band(**{name: value for name, value in variant.items() if name != "versions"})
        for variant in variants
        for version in variant["versions"]
    }
    for band_id, variants in _FILE["bands"].items()
}
