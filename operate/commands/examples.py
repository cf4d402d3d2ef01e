"""Examples for the help of each command, by its name as it is typed."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": (
        "thingsync --local status",
        "thingsync --profile prod --region eu-west-1 doctor",
    ),
    "list": (
        "thingsync list --status rejected --since 2h",
        "thingsync list --name 'pump-*' --format csv > pumps.csv",
    ),
    "status": ("thingsync status", "thingsync status --exact --json", "thingsync status pump-7 --json"),
    "history": ("thingsync history pump-7",),
    "failures": (
        "thingsync failures --since 2h",
        "thingsync failures --error InvalidThingError --csv > rejected.csv",
    ),
    "set": (
        "thingsync set pump-7 frequencyPlanID=EU_863_870_TTN name=Pump.7",
        "thingsync set valve-3 supportsClassC=true label:room=12 --unset rx1Delay",
        "thingsync set pump-7 appKey=/thingsync/thingsync/device/70B3D57ED0000001",
    ),
    "restore": ("thingsync restore pump-7 pump-8", "thingsync restore --held"),
    "replay": (
        "thingsync replay pump-7 pump-8",
        "thingsync replay --error AccessDeniedError --since 2h",
    ),
    "redrive": ("thingsync redrive", "thingsync redrive --per-second 10"),
    "export": (
        "thingsync export things.csv",
        "thingsync export --for-stack second --for-region eu-central-1 second.csv",
    ),
    "reconcile": (
        "thingsync reconcile --deep",
        "thingsync reconcile --apply",
        "thingsync reconcile --mirror",
        "thingsync reconcile --last",
    ),
    "doctor": ("thingsync doctor", "thingsync doctor --configure"),
    "import": ("thingsync import devices.csv --dry-run", "thingsync import devices.csv --yes --json"),
    "dlq": ("thingsync dlq --limit 100",),
    "dlq purge": ("thingsync dlq purge --unreadable",),
    "key": ("thingsync key rotate",),
    "key rotate": ("thingsync key rotate", "thingsync key rotate --yes < key.txt"),
}
