"""Rows of CSV files as operators bring them."""

from operate.bulk.checking import PlannedThing, Target, check_entry
from operate.bulk.entries import entry_of_row
from tests.samples import APP_KEY, CREATE, JOIN_EUI, STACK
from workflows.domain.planning import StackDefaults

TARGET = Target(STACK, StackDefaults("EU_863_870_TTN", "1.0.3", "1.0.3-a"))
DEVICE = {
    "dev_eui": "70B3D57ED0051234",
    "join_eui": JOIN_EUI,
    "lorawan_version": "MAC_V1_0_3",
    "lorawan_phy_version": "PHY_V1_0_3_REV_A",
    "app_key": APP_KEY,
}


def written(path, *rows, delimiter=";", newline="\n"):
    """Write rows, lists of cells of which the first is the header, as they are; return the file."""
    path.write_text("".join(delimiter.join(row) + newline for row in rows), encoding="utf-8", newline="")
    return path


def check_row(row, columns, target):
    """Check a row of a CSV file, as an import does."""
    return check_entry(entry_of_row(row, columns), target)


def dev_eui(number):
    return f"70B3D57ED{number:07X}"


def device_row(number, **changes):
    return [*(DEVICE | {"dev_eui": dev_eui(number)} | changes).values()]


def planned_thing(number, **changes):
    eui = dev_eui(number)
    values = {
        "line": number,
        "thing_name": eui,
        "device_id": f"eui-{eui.lower()}",
        "dev_eui": eui,
        "attributes": CREATE,
    }
    return PlannedThing(**values | changes)
