"""`make package`: the same bytes for the same sources, and only what Lambda can load."""

import hashlib
import os
import re
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from deploying.package import PackageError, bundle, packaged, write_package
from tests.contract.sam_template import RESOURCES, TEMPLATE, of_type

VERSION = tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]
AARCH64, X86_64 = 183, 62
NATIVE = "orjson/orjson.cpython-313-aarch64-linux-gnu.so"


def laid(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def compiled(machine):
    return b"\x7fELF" + bytes(14) + machine.to_bytes(2, "little")


FILES = {"functions/ingest.py": b"1", "functions/__init__.py": b"", "a.py": b"2", NATIVE: compiled(AARCH64)}


def test_two_builds_in_two_folders_give_the_same_bytes(tmp_path):
    one, other = laid(tmp_path / "one", FILES), laid(tmp_path / "other", dict(reversed(FILES.items())))
    for number, file in enumerate(sorted(other.rglob("*"))):
        os.utime(file, (10**9 + number, 10**9 + number))
        file.chmod(0o700)

    write_package(one, tmp_path / "dist")
    write_package(other, tmp_path / "elsewhere")

    written = {file.name: file.read_bytes() for file in (tmp_path / "dist").iterdir()}
    assert written.keys() == {f"thingsync-{VERSION}.yaml", f"thingsync-{VERSION}.zip", "SHA256SUMS"}
    assert {file.name: file.read_bytes() for file in (tmp_path / "elsewhere").iterdir()} == written


def test_the_bundle_holds_the_files_readable_for_lambda_and_nothing_of_the_machine(tmp_path):
    (tmp_path / "bundle.zip").write_bytes(bundle(laid(tmp_path / "folder", FILES)))

    with zipfile.ZipFile(tmp_path / "bundle.zip") as opened:
        entries = opened.infolist()
        assert {entry.filename: opened.read(entry) for entry in entries} == FILES
    assert [entry.filename for entry in entries] == sorted(FILES)
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_the_checksums_are_those_of_the_files(tmp_path):
    write_package(laid(tmp_path / "folder", FILES), tmp_path)

    for line in (tmp_path / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest


def test_a_package_takes_the_place_of_a_former_version(tmp_path):
    laid(tmp_path, {"thingsync-0.0.1.zip": b"", "thingsync-0.0.1.yaml": b"", "thingsync-0.0.1-py3-none-any.whl": b""})

    write_package(laid(tmp_path / "folder", FILES), tmp_path)

    held = {file.name for file in tmp_path.iterdir() if file.is_file()}
    assert held - {"SHA256SUMS", "thingsync-0.0.1-py3-none-any.whl"} == {
        f"thingsync-{VERSION}{e}" for e in (".yaml", ".zip")
    }


@pytest.mark.parametrize(
    ("name", "machine"),
    [
        pytest.param("orjson/orjson.cpython-313-x86_64-linux-gnu.so", X86_64, id="another processor"),
        pytest.param("orjson/orjson.cpython-311-aarch64-linux-gnu.so", AARCH64, id="another Python"),
        pytest.param("orjson/orjson.abi3.so", X86_64, id="another processor, any Python"),
    ],
)
def test_what_lambda_cannot_load_is_not_packaged(name, machine, tmp_path):
    folder = laid(tmp_path / "folder", {**FILES, name: compiled(machine)})

    with pytest.raises(PackageError, match=rf"^Lambda \(Python 3\.13, arm64\) cannot load {re.escape(name)}"):
        write_package(folder, tmp_path / "dist")

    assert not (tmp_path / "dist").exists()


def test_those_are_the_runtime_and_the_processor_of_the_template():
    function = TEMPLATE["Globals"]["Function"]

    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert [
        one for one in of_type("AWS::Serverless::Function").values() if {"Runtime", "Architectures"} & one.keys()
    ] == []


def test_every_function_names_the_bundle_and_no_other_file_is_needed(tmp_path):
    write_package(laid(tmp_path / "folder", FILES), tmp_path)
    template = (tmp_path / f"thingsync-{VERSION}.yaml").read_text()

    assert template.count(f"      CodeUri: thingsync-{VERSION}.zip\n") == len(of_type("AWS::Serverless::Function"))
    assert re.findall(
        r"^ +(?:CodeUri|DefinitionS3Location|DefinitionUri|LicenseUrl|ReadmeUrl): (.*)$", template, re.M
    ) == [f"thingsync-{VERSION}.zip"] * len(of_type("AWS::Serverless::Function"))


def test_configure_gets_another_version_with_other_code_and_with_no_other_change(tmp_path):
    versions = []
    for number, files in enumerate((FILES, FILES, {**FILES, "a.py": b"3"})):
        write_package(laid(tmp_path / f"folder-{number}", files), tmp_path / "dist")
        template = (tmp_path / "dist" / f"thingsync-{VERSION}.yaml").read_text()
        versions += re.findall(r"^      Version: (.*)$", template, re.M)

    assert versions[0] == versions[1] != versions[2]
    assert all(re.fullmatch(rf"{re.escape(VERSION)}\+[0-9a-f]{{12}}", version) for version in versions)
    assert RESOURCES["Configure"]["Properties"]["Version"] == VERSION


@pytest.mark.parametrize("line", ["CodeUri: .", "DefinitionS3Location: statemachine.asl.json", "Version: 0.1.0"])
def test_a_template_that_says_something_else_is_not_packaged_halfway(line):
    template = Path("template.yaml").read_text().replace(line, "Other: thing")

    with pytest.raises(PackageError, match=r"^template\.yaml has no line like"):
        packaged(template, "{}", "bundle.zip", "1")


def test_the_repository_of_serverless_applications_is_told_what_this_is():
    told = TEMPLATE["Metadata"]["AWS::ServerlessRepo::Application"]
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]

    assert told["Name"] == project["name"]
    assert told["Description"] == project["description"]
    assert len(told["Description"]) <= 256
    assert told["SpdxLicenseId"] == project["license"]
    assert told["SemanticVersion"] == project["version"]
    assert re.fullmatch(r"[a-z0-9](([a-z0-9]|-(?!-))*[a-z0-9])?", told["Author"])
    assert len(told["Labels"]) <= 10
    assert [name for name in ("LicenseUrl", "ReadmeUrl") if not Path(told[name]).is_file()] == []


def test_checkov_skips_no_rule_without_a_reason():
    lines = Path(".checkov.yaml").read_text().splitlines()
    skipped = yaml.safe_load("\n".join(lines))["skip-check"]

    assert [rule for rule in skipped if not lines[lines.index(f"  - {rule}") - 1].startswith("  # ")] == []
    assert yaml.safe_load("\n".join(lines))["skip-download"] is True
