"""What others run for us: containers, clusters, platforms, workflows, monitoring. Held against their schemas, without a
network; docs/install.md says which of them were also run."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from carneau.ops.figures import FIGURES
from carneau.standalone import procfile
from carneau.standalone.environment import ROOT
from config import Config

MANIFESTS = ROOT / "deploy" / "kubernetes"
SCHEMAS = {
    "compose.yaml": "vendor.compose-spec",
    ".github/workflows/ci.yml": "vendor.github-workflows",
    ".github/workflows/release.yml": "vendor.github-workflows",
    ".github/dependabot.yml": "vendor.dependabot",
}
LINES = procfile.lines(ROOT / "Procfile")


def manifests() -> list[tuple[str, dict[str, Any]]]:
    """All but the list of them, which is no object of a cluster."""
    return [
        (path.name, thing)
        for path in sorted(MANIFESTS.glob("*.yaml"))
        for thing in yaml.safe_load_all(path.read_text())
        if path.name != "kustomization.yaml"
    ]


def pods() -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, thing["spec"]["template"]["spec"]) for name, thing in manifests() if "template" in thing.get("spec", {})
    ]


@pytest.mark.parametrize(("file", "schema"), SCHEMAS.items())
def test_it_is_what_its_reader_expects(file, schema):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_every_manifest_is_valid_for_its_kind():
    for _name, thing in manifests():
        kubernetes_validate.validate(thing, "1.32", strict=True)


def test_kustomization_names_every_manifest():
    listed = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text())["resources"]

    assert sorted(listed) == sorted(path.name for path in MANIFESTS.glob("*.yaml") if path.name != "kustomization.yaml")


def test_every_pod_is_without_privileges():
    for name, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not pod["automountServiceAccountToken"], name
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name


def test_what_runs_anywhere_is_a_line_of_the_procfile():
    in_cluster = {container["args"][0] for _name, pod in pods() for container in pod["containers"]}
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    in_compose = {service.get("command", "web") for service in composed.values() if "env_file" in service}

    assert in_cluster == in_compose == set(LINES)
    assert set(json.loads((ROOT / "app.json").read_text())["formation"]) == set(LINES) - {"release"}


@pytest.mark.parametrize("name", LINES)
def test_the_image_s_entry_runs_the_procfile_s_line(name, tmp_path):
    (tmp_path / "Procfile").write_text("".join(f"{each}: echo {each} $PORT\n" for each in LINES))
    done = subprocess.run(
        [ROOT / "deploy" / "process", name], cwd=tmp_path, env={"PORT": "8123", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout == f"{name} 8123\n"


def test_the_image_s_entry_runs_any_other_command_as_it_is(tmp_path):
    (tmp_path / "Procfile").write_text("web: false\n")
    done = subprocess.run(
        [ROOT / "deploy" / "process", "echo", "two words"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout == "two words\n"


def test_settings_that_are_named_anywhere_exist():
    ours = {field.upper() for field in Config.__dataclass_fields__} | {"PORT", "WEB_CONCURRENCY", "GRANIAN_HOST"}
    boto3_s = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}
    example = re.findall(r"^#?([A-Z_]+)=", (ROOT / "deploy" / "env.example").read_text(), re.MULTILINE)
    literals = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text())["configMapGenerator"][0]["literals"]
    asked = json.loads((ROOT / "app.json").read_text())["env"]

    assert set(example) - ours == {"DOMAIN", "POSTGRES_PASSWORD", "FLASK_SKIP_DOTENV"}
    assert {literal.partition("=")[0] for literal in literals} <= ours
    assert set(asked) <= ours | boto3_s


def test_figures_that_alerts_and_panels_ask_for_exist():
    known = {f"carneau_{name}" for name in FIGURES}
    known |= {"carneau_requests_total", "carneau_request_seconds_bucket", "carneau_redis_queue"}
    folder = ROOT / "deploy" / "monitoring"
    for path in (folder / "alerts.yaml", folder / "grafana.json"):
        asked = set(re.findall(r"carneau_[a-z_]+", path.read_text()))
        assert asked <= known, path.name
        assert len(asked) > 8


def test_the_image_holds_no_more_than_it_runs():
    kept = (ROOT / ".dockerignore").read_text().split()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    names = {name for line in copied for name in line.split()}

    assert kept[0] == "*"
    assert {name.removeprefix("!") for name in kept if name.startswith("!")} == names
    assert all(Path(ROOT / name).exists() for name in names)


def test_every_setting_is_explained():
    guide = (ROOT / "docs" / "configure.md").read_text().replace("CARNEAU_ENV", "ENV")

    assert [name for name in Config.__dataclass_fields__ if f"`{name.upper()}`" not in guide] == []


GUIDES = sorted([*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")])


@pytest.mark.parametrize("path", GUIDES, ids=[path.name for path in GUIDES])
def test_links_in_guides_lead_somewhere(path):
    for target in re.findall(r"""(?:\]\(|<img src=")(?!http)([^)#"]+)""", path.read_text()):
        assert (path.parent / target).exists(), target
    for name in re.findall(r"`((?:carneau|tests|docs|deploy|migrations|bench)/[\w./-]+)`", path.read_text()):
        assert (ROOT / name).exists(), name
