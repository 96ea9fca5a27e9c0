"""The files around the code agree with one another: packages, containers, tasks, settings, the README."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
README = (ROOT / "README.md").read_text()


def plain(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def pins(file: str) -> dict[str, str]:
    return {plain(package): version for package, version in PIN.findall((ROOT / "requirements" / file).read_text())}


def wanted(requirements: list[str]) -> set[str]:
    return {plain(re.match(r"[A-Za-z0-9._-]+", requirement).group()) for requirement in requirements}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    # An unpacked archive has no git; there every file counts that is not made by `make`.
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else [str(p) for p in ROOT.rglob("*.*")]
    made = (".venv", "var", ".git", "secrets")
    paths = [ROOT / name for name in names if name]
    return [path for path in paths if path.is_file() and path.relative_to(ROOT).parts[0] not in made]


def test_requirements_are_in_step_with_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    production, development = pins("production.txt"), pins("development.txt")

    assert wanted(project["dependencies"]) <= production.keys()
    assert wanted(project["optional-dependencies"]["development"]) <= development.keys()
    assert production.items() <= development.items(), "tests run with other versions than the portal; make requirements"


@pytest.mark.parametrize("file", ["production.txt", "development.txt"])
def test_every_requirement_has_its_hash(file):
    text = (ROOT / "requirements" / file).read_text()
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())

    assert [block.splitlines()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_no_file_names_a_package_registry():
    address = re.compile(r"(?:extra-)?index-url\s*[=:]|https?://[^\s\"'`]+/(?:simple|packages)/")
    allowed = {ROOT / "tests" / "test_house.py"}
    found = []
    for path in tracked():
        if path in allowed or path.suffix in {".png", ".woff2", ".ttf", ".xlsx", ".pdf", ".mo"}:
            continue
        found += [
            f"{path.relative_to(ROOT)}: {hit.group()}" for hit in address.finditer(path.read_text(errors="replace"))
        ]

    assert found == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_container_runs_as_root_or_gains_rights(service):
    container = SERVICES[service]

    assert container["user"].split(":")[0] not in {"root", "0"}
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["read_only"] is True
    assert not container.get("privileged")


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "migrate"])
def test_every_lasting_container_has_a_health_check(service):
    assert SERVICES[service]["healthcheck"]["test"][0].startswith("CMD")
    assert SERVICES[service]["restart"] == "unless-stopped"


def test_secrets_come_from_files_only():
    environments = [container.get("environment", {}) for container in SERVICES.values()]
    secret = re.compile(r"KEY|PASSWORD|SECRET|TOKEN")
    named = {key: value for environment in environments for key, value in environment.items() if secret.search(key)}

    assert named
    assert {key: value for key, value in named.items() if not key.endswith("_FILE")} == {}
    assert all(str(value).startswith("/run/secrets/") for value in named.values())
    assert all(secret["file"].startswith("./secrets/") for secret in COMPOSE["secrets"].values())
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_only_the_proxy_is_reachable_and_the_data_is_apart():
    assert [name for name, container in SERVICES.items() if container.get("ports")] == ["proxy"]
    assert COMPOSE["networks"]["data"]["internal"] is True
    assert SERVICES["database"]["networks"] == SERVICES["redis"]["networks"] == ["data"]


def test_each_queue_has_a_worker_that_may_finish_its_report():
    workers = {name: container for name, container in SERVICES.items() if name.startswith("worker-")}
    queues = {container["command"][container["command"].index("--queues") + 1] for container in workers.values()}

    assert queues == {"interactive", "bulk"}
    for container in workers.values():
        assert container["stop_grace_period"] == "90s"
        assert container["environment"]["REMAP_SIGTERM"] == "SIGQUIT"
        assert {"--without-gossip", "--without-mingle"} <= set(container["command"])


def test_scripts_can_be_run():
    scripts = [
        *(path for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix),
        ROOT / ".ci" / "run",
    ]

    assert len(scripts) >= 6
    assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []
    assert [path.name for path in scripts if not path.read_text().startswith("#!")] == []


def test_every_setting_is_in_the_readme():
    """A setting nobody can find out about may as well not be there; one that is gone misleads."""
    read = re.compile(r"env(?:iron)?\.[a-z_]+\(\s*\"([A-Z_]+)\"")
    places = [ROOT / "isoportal" / "settings.py", ROOT / "gunicorn.conf.py"]
    settings = {name for path in places for name in read.findall(path.read_text())}
    table = README.split("## Settings", 1)[1].split("\n## ", 1)[0]
    described = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))

    assert settings - described == set()
    assert described - settings - {"PORT", "HOST", "DEMO_PASSWORD"} == set()


def test_every_task_of_the_readme_exists():
    tasks = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "operations.md"]
    told = re.compile(r"(?:`|^ {4})(?:\w+=(?:'[^']*'|\S+) )*make ([a-z0-9-]+)", re.MULTILINE)
    named = {task for path in documents for task in told.findall(path.read_text())}

    assert {"run", "test", "check"} <= named
    assert named - tasks == set()


def test_every_file_the_readme_links_to_exists():
    links = {link.split("#")[0] for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)]+)\)", README)}

    assert [link for link in sorted(links) if not (ROOT / link).exists()] == []
