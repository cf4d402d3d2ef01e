"""A function's code on disk, unpacked once per bundle and shared by all that run it (AWS mounts it read-only)."""

import hashlib
import io
import tempfile
import threading
import zipfile
from pathlib import Path

_unpacking = threading.Lock()


def task_root_of(bundle: bytes) -> Path:
    """The folder with the bundle's files, named after its content; Python's byte code is there too."""
    digest = hashlib.sha256(bundle).hexdigest()[:16]
    root = Path(tempfile.gettempdir()) / "task-roots" / digest
    with _unpacking:
        if not root.exists():
            _unpack(bundle, root)
    return root


def _unpack(bundle: bytes, root: Path) -> None:
    root.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=root.parent))
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        archive.extractall(unfinished)
    unfinished.rename(root)
