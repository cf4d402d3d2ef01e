"""The check list of `thingsync doctor`. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """``found`` is what was found; ``mend`` what to do about it, None if it is as it should be."""

    name: str
    found: str
    mend: str | None = None

    @property
    def is_well(self) -> bool:
        return self.mend is None


def checkup_json(checks: Iterable[Check]) -> dict[str, object]:
    listed = [{"name": each.name, "well": each.is_well, "found": each.found, "mend": each.mend} for each in checks]
    return {"well": all(each["well"] for each in listed), "checks": listed}
