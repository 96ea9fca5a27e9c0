"""The last afternoon of self-scoring: 300 people save a row every five seconds for two minutes while workbooks come in
and reports are made.

`make load` runs it on SQLite and on PostgreSQL and prints the figures; nothing here asserts a time. What it asserts:
whatever was acknowledged is stored, nothing else is, and nobody met an error.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.load
ROOT = Path(__file__).resolve().parents[2]
PEOPLE = int(os.environ.get("LOAD_PEOPLE", "300"))
SECONDS = int(os.environ.get("LOAD_SECONDS", "120"))
PAUSE = 5.0
SLICE = 15  # seconds: how the answers' times change while caches fill, workbooks come in and reports are made
REPORTS = 10
IMPORTS = 20


@dataclass
class Answered:
    """What all the people saw. A list's append is atomic."""

    saves: list[tuple[float, float]] = field(default_factory=list)  # when it began, how long it took: seconds
    others: list[tuple[float, float]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    acknowledged: dict[tuple[int, int], dict[int, dict[str, object]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Server:
    port: int
    environment: dict[str, str]
    log: Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Web and worker as the Procfile starts them, on an empty database of their own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")} | {
        "DJANGO_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "isoportal.settings",
        "DATABASE_URL": database(tmp_path),
        "VAR_DIR": str(tmp_path),
        "PORT": str(port),
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    log = tmp_path / "server.log"
    commands = dict(line.split(":", 1) for line in (ROOT / "Procfile").read_text().splitlines() if ":" in line)
    with log.open("wb") as out:
        processes = [
            subprocess.Popen(
                ["bash", "-c", commands[name]],
                cwd=ROOT,
                env=environment | {"PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"},
                stdout=out,
                stderr=out,
            )
            for name in ("web", "worker")
        ]
        try:
            wait_for(port)
            yield Server(port=port, environment=environment, log=log)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=60)


def database(folder: Path) -> str:
    """A database of this run: beside those of the suite on PostgreSQL, else a file."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return f"sqlite:///{folder / 'load.sqlite3'}"
    name = f"load_{secrets.token_hex(4)}"
    parts = urllib.parse.urlsplit(given)
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return parts._replace(path=f"/{name}").geturl()


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def told(server: Server, *arguments: str) -> dict:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.load.office", *arguments],
        cwd=ROOT,
        env=server.environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(answer.stdout)


class Person:
    def __init__(self, server: Server, session: str, seen: Answered) -> None:
        self.server, self.seen = server, seen
        self.csrf = secrets.token_hex(16)
        self.session = session
        self.connection: http.client.HTTPConnection | None = None

    def leave(self) -> None:
        if self.connection:
            self.connection.close()

    def send(
        self, method: str, path: str, body: bytes = b"", kind: str = "", times: list[tuple[float, float]] | None = None
    ):
        headers = {"Cookie": f"isoportal_session={self.session}; csrftoken={self.csrf}", "X-CSRFToken": self.csrf}
        if body:
            headers |= {"Content-Type": kind or "application/x-www-form-urlencoded", "HX-Request": "true"}
        begun = time.perf_counter()
        for attempt in (1, 2):  # a kept connection may have been closed meanwhile: before anything was read, send again
            try:
                self.connection = self.connection or http.client.HTTPConnection(
                    "127.0.0.1", self.server.port, timeout=60
                )
                self.connection.request(method, path, body or None, headers)
                answer = self.connection.getresponse()
                content = answer.read()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.leave()
                self.connection = None
                if attempt == 2:
                    self.seen.errors.append(f"{method} {path}: disconnected")
                    return 0, b"", {}
            except OSError as error:
                self.leave()
                self.connection = None
                self.seen.errors.append(f"{method} {path}: {error!r}")
                return 0, b"", {}
        (self.seen.others if times is None else times).append((begun, time.perf_counter() - begun))
        self.seen.statuses[answer.status] += 1
        if answer.status >= 500:
            self.seen.errors.append(f"{method} {path}: {answer.status}")
        return answer.status, content, dict(answer.getheaders())


def answer_of(kind: str) -> dict[str, object]:
    if kind == "yes_no":
        return {"value": random.choice(["true", "false"])}
    if kind == "levels":
        return {"level": random.choice(["0", "1", "2"])}
    return {"done": str(random.randint(0, 100)), "of": "100"}


def stored_form(answer: dict[str, object]) -> dict[str, object]:
    if "value" in answer:
        return {"value": answer["value"] == "true"}
    return {name: int(str(value)) for name, value in answer.items()}


def score(person: Person, sheet: int, criteria: list[dict], until: float) -> None:
    """One person at one sheet: a row, a pause, the next row. What a conflict shows becomes the version of the next."""
    versions: dict[int, int] = {}
    time.sleep(random.uniform(0, PAUSE))
    while time.monotonic() < until:
        row = random.choice(criteria)
        answer = answer_of(row["kind"])
        body = urllib.parse.urlencode({**answer, "version": versions.get(row["pk"], 0), "explanation": ""}).encode()
        path = f"/assessments/{sheet}/scores/{row['pk']}/"
        status, content, _ = person.send("POST", path, body, times=person.seen.saves)
        if status == 200:
            found = re.search(rb'name="version" value="(\d+)"', content)
            assert found, content[:500]
            versions[row["pk"]] = int(found[1])
            person.seen.acknowledged.setdefault((sheet, row["pk"]), {})[int(found[1])] = stored_form(answer)
        elif status == 409:
            found = re.search(rb'name="overwrite" value="(\d+)"', content)
            assert found, content[:500]
            versions[row["pk"]] = int(found[1])
        time.sleep(PAUSE * random.uniform(0.8, 1.2))
    person.leave()


def ask_for_reports(people: list[tuple[Person, int]]) -> None:
    """Ten of them want their sheet as a workbook: made by the worker beside."""
    for person, sheet in people:
        body = urllib.parse.urlencode({"assessment": sheet, "format": "xlsx"}).encode()
        person.send("POST", "/reports/assessment/files/", body)
        person.leave()
        time.sleep(SECONDS / REPORTS / 2)


def open_sheets(person: Person, sheets: list[int]) -> None:
    """Somebody walks through the province's sheets while they are filled in."""
    for sheet in sheets:
        person.send("GET", f"/assessments/{sheet}/")
        time.sleep(SECONDS / len(sheets) / 2)
    person.leave()


def test_what_is_acknowledged_on_the_last_afternoon_is_stored(server, capsys):
    office = told(server, "make", str(PEOPLE))
    seen = Answered()
    until = time.monotonic() + SECONDS
    threads = [
        threading.Thread(
            target=score, args=(Person(server, each["session"], seen), each["sheet"], office["criteria"], until)
        )
        for each in office["staff"]
    ]
    sheets = [each["sheet"] for each in office["staff"]]
    asking = [(Person(server, each["session"], seen), each["sheet"]) for each in office["staff"][-REPORTS:]]
    threads.append(threading.Thread(target=ask_for_reports, args=(asking,)))
    threads.append(threading.Thread(target=open_sheets, args=(Person(server, office["officer"], seen), sheets[-60:])))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    stored = told(server, "read")
    with capsys.disabled():
        print(figures(server, seen))
    assert seen.errors == []
    assert b"database is locked" not in server.log.read_bytes()
    rows = {(sheet, row): (answer, version) for sheet, row, answer, version in stored["scores"]}
    assert set(rows) == set(seen.acknowledged)
    for place, versions in seen.acknowledged.items():
        answer, version = rows[place]
        assert max(versions) == version, f"{place}: acknowledged {sorted(versions)}, stored version {version}"
        assert versions[version] == answer, f"{place}: acknowledged {versions[version]}, stored {answer}"
    counted = Counter(sheet for sheet, _row in rows)
    assert {int(sheet): scored for sheet, scored in stored["totals"].items() if scored} == dict(counted)


def share(saves: list[tuple[float, float]], percent: int) -> float:
    """What so many percent of the saves took at most, in ms."""
    times = sorted(took for _begun, took in saves)
    return times[min(len(times) - 1, len(times) * percent // 100)] * 1000


def figures(server: Server, seen: Answered) -> str:
    where = "PostgreSQL" if server.environment["DATABASE_URL"].startswith("postgres") else "SQLite"
    start = min(begun for begun, _took in seen.saves)
    slices: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for begun, took in seen.saves:
        slices[int((begun - start) // SLICE)].append((begun, took))
    told = ", ".join(f"{share(saves, 50):.0f}/{share(saves, 95):.0f}" for _place, saves in sorted(slices.items()))
    median, p95, p99 = (share(seen.saves, percent) for percent in (50, 95, 99))
    others = statistics.mean([took for _begun, took in seen.others] or [0]) * 1000
    return (
        f"\n{where}: {PEOPLE} people, {SECONDS} s, {len(seen.saves)} saves ({len(seen.saves) / SECONDS:.0f}/s): "
        f"median {median:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms; "
        f"every {SLICE} s, median/p95: {told}; {len(seen.others)} other requests, mean {others:.0f} ms; "
        f"answers {dict(sorted(seen.statuses.items()))}"
    )
