"""What GitHub reads of this project says what the project itself says."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.contract.sam_template import TEMPLATE

WORKFLOWS = sorted(Path(".github/workflows").glob("*.yml"))
PROJECT = tomllib.loads(Path("pyproject.toml").read_text())["project"]
MAKEFILE = Path("Makefile").read_text()
TARGETS = {*re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE)}
CHANGELOG = Path("CHANGELOG.md").read_text()
# No hash of an action can be checked from here; a major version gets its fixes.
ACTION = re.compile(r"actions/[a-z-]+@v\d+")


def steps_of(path):
    return [step for job in yaml.safe_load(path.read_text())["jobs"].values() for step in job["steps"]]


def commands_of(path):
    return [step["run"] for step in steps_of(path) if "run" in step]


def test_what_is_tested_there_is_what_make_test_tests():
    assert commands_of(Path(".github/workflows/test.yml")) == ["make test"]


def test_a_release_is_what_make_package_builds():
    release = Path(".github/workflows/release.yml")
    [building] = [command for command in commands_of(release) if command.startswith("make ")]
    [publishing] = [command for command in commands_of(release) if command.startswith("gh release create")]

    assert "package" in building.split()
    assert publishing.endswith("dist/thingsync-* dist/SHA256SUMS")


@pytest.mark.parametrize("path", WORKFLOWS, ids=str)
def test_workflows_call_targets_that_exist_and_versions_of_actions(path):
    called = {
        word
        for command in commands_of(path)
        for words in re.findall(r"make ([a-z -]+)", command)
        for word in words.split()
    }

    assert called
    assert called - TARGETS == set()
    assert [step["uses"] for step in steps_of(path) if "uses" in step and not ACTION.fullmatch(step["uses"])] == []
    assert "permissions" in yaml.safe_load(path.read_text())


@pytest.mark.parametrize("path", WORKFLOWS, ids=str)
def test_only_the_step_that_publishes_sees_the_token(path):
    """checkout leaves it in .git/config for all later steps, unless it is told not to."""
    checkouts = [step.get("with", {}) for step in steps_of(path) if step.get("uses", "").startswith("actions/checkout")]
    seeing = [step["run"] for step in steps_of(path) if "GH_TOKEN" in step.get("env", {})]

    assert checkouts
    assert all(given.get("persist-credentials") is False for given in checkouts)
    assert all(command.startswith("gh release create") for command in seeing)


@pytest.mark.parametrize("path", WORKFLOWS, ids=str)
def test_no_command_holds_an_expression_that_github_fills_in(path):
    """The name of a branch or tag would be part of the script. In a variable of the environment it is a text."""
    assert [command for command in commands_of(path) if "${{" in command] == []


def test_tested_are_the_oldest_python_that_is_allowed_and_lambdas():
    [job] = yaml.safe_load(Path(".github/workflows/test.yml").read_text())["jobs"].values()
    oldest = PROJECT["requires-python"].removeprefix(">=")
    in_lambda = TEMPLATE["Globals"]["Function"]["Runtime"].removeprefix("python")

    assert job["strategy"]["matrix"]["python"] == [oldest, in_lambda]


def test_the_changelog_has_the_section_that_a_release_of_this_version_takes():
    headings = re.findall(r"^## (\S+)", CHANGELOG, re.MULTILINE)

    assert headings[0] == PROJECT["version"]


def test_hooks_run_tools_of_the_environment_that_make_makes():
    [repository] = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]
    recipes = re.findall(r"^\t(\.venv/bin/\S+)", MAKEFILE, re.MULTILINE)

    assert repository["repo"] == "local"
    assert {hook["entry"].split()[0] for hook in repository["hooks"]} <= {*recipes}


@pytest.mark.parametrize("name", ["SECURITY.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "LICENSE"])
def test_the_pages_that_github_looks_for_are_there_and_name_no_address_of_a_person(name):
    assert re.findall(r"[\w.]+@[\w-]+\.\w+", Path(name).read_text()) == []


@pytest.mark.parametrize("name", ["SECURITY.md", "CODE_OF_CONDUCT.md"])
def test_their_links_within_the_project_lead_somewhere(name):
    targets = re.findall(r"\]\((?!https:)([^)#]+)", Path(name).read_text())

    assert targets
    assert [target for target in targets if not Path(target).exists()] == []


def test_forms_for_issues_say_that_no_key_belongs_there():
    forms = [yaml.safe_load(path.read_text()) for path in Path(".github/ISSUE_TEMPLATE").glob("[!c]*.yml")]

    assert len(forms) == 2
    assert "Never paste a key" in Path(".github/ISSUE_TEMPLATE/bug.yml").read_text()
    assert [form["name"] for form in forms if not {"name", "description", "body"} <= form.keys()] == []


def test_only_the_module_of_tracing_knows_what_traces():
    """import-linter sees the SDK, but no part of another library: Powertools' Tracer needs the SDK, too."""
    using = [
        str(path)
        for folder in ("functions", "workflows", "operate", "local", "deploying")
        for path in Path(folder).rglob("*.py")
        if re.search(r"aws_lambda_powertools(\.tracing| import .*Tracer)|aws_xray_sdk", path.read_text())
    ]

    assert using == ["workflows/observability/tracing.py"]
