"""`make package`: one template and one bundle, which deploy on a machine without this project.

CloudFormation's own tools take them. Whoever builds the same sources gets the same bytes, so that anybody can check
against SHA256SUMS what a bundle was made of.
"""

import argparse
import hashlib
import io
import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path

REGULAR_FILE = 0o100644  # whatever the umask of the machine that builds
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can name
# What Lambda loads by the template's Runtime and Architectures, python3.13 and arm64.
NATIVE = re.compile(r"(cpython-313-aarch64-linux-gnu|abi3)\.so$")
AARCH64 = 183  # e_machine of an ELF file
E_MACHINE = slice(18, 20)


class PackageError(Exception):
    """What keeps the package from being made."""


def bundle(folder: Path) -> bytes:
    """Zip a bundle's files so that the same files are the same bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for file in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            if file.is_file():
                entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), OLDEST)
                entry.create_system = 3  # Unix, whatever this is
                entry.external_attr = REGULAR_FILE << 16
                zipped.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def foreign_libraries(folder: Path) -> list[str]:
    """Name the compiled libraries that Lambda could not load: of another processor or another Python."""
    compiled = sorted(folder.rglob("*.so"))
    return [str(file.relative_to(folder)) for file in compiled if not _runs_in_lambda(file)]


def _runs_in_lambda(file: Path) -> bool:
    machine = int.from_bytes(file.read_bytes()[E_MACHINE], "little")
    return machine == AARCH64 and NATIVE.search(file.name) is not None


def packaged(template: str, definition: str, bundle_name: str, version: str) -> str:
    """Let the template name the bundle, hold the state machine, and set Configure up again with each build.

    Raises:
        PackageError: the template does not say what is to be replaced.
    """
    indented = "".join(f"        {line}\n" for line in definition.splitlines())
    code = f"    Properties:\n      CodeUri: {bundle_name}\n"
    replacements = {
        r"    CodeUri: \.\n": "",
        r"    Metadata: \{BuildMethod: makefile\}\n    Properties:\n": code,
        r"      DefinitionS3Location: statemachine\.asl\.json\n": f"      DefinitionString: |\n{indented}",
        r"      Version: \d+\.\d+\.\d+.*\n": f"      Version: {version}\n",
        r"    (LicenseUrl|ReadmeUrl): .*\n": "",  # CloudFormation's tools would look for these files
    }
    for found, replacement in replacements.items():
        template, times = re.subn(rf"(?m)^{found}", lambda _, text=replacement: text, template)  # type: ignore[misc]
        if not times:
            raise PackageError(f"template.yaml has no line like {found!r}, which the package replaces.")
    return template


def write_package(folder: Path, into: Path, *, for_lambda: bool = True) -> None:
    """Write template, bundle and checksums of the bundle's files in ``folder``.

    Raises:
        PackageError: they would not run in Lambda.
    """
    if for_lambda and (foreign := foreign_libraries(folder)):
        raise PackageError(f"Lambda (Python 3.13, arm64) cannot load {', '.join(foreign)}. Run: make clean package")
    release = str(tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"])
    content = bundle(folder)
    name = f"thingsync-{release}"
    version = f"{release}+{hashlib.sha256(content).hexdigest()[:12]}"
    definition = json.dumps(json.loads(Path("statemachine.asl.json").read_text()), indent=1)
    template = packaged(Path("template.yaml").read_text(), definition, f"{name}.zip", version)
    into.mkdir(parents=True, exist_ok=True)
    for former in (*into.glob("thingsync-*.yaml"), *into.glob("thingsync-*.zip")):
        former.unlink()
    files = {f"{name}.yaml": template.encode(), f"{name}.zip": content}
    for file, its_content in files.items():
        (into / file).write_bytes(its_content)
    sums = "".join(f"{hashlib.sha256(each).hexdigest()}  {file}\n" for file, each in files.items())
    (into / "SHA256SUMS").write_text(sums)


def main() -> None:
    parser = argparse.ArgumentParser(prog="deploying.package")
    parser.add_argument("folder", type=Path, help="the bundle's files, as make build-bundle lays them")
    parser.add_argument("into", type=Path)
    parser.add_argument("--variant", choices=["aws", "local"], default="aws", help="what the libraries are built for")
    given = parser.parse_args()
    try:
        write_package(given.folder, given.into, for_lambda=given.variant == "aws")
    except PackageError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
