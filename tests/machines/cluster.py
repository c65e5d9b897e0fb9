"""Several machines on one: two webs behind nginx, two workers and a clock, PgBouncer, a primary and its streaming
replica, Redis, the simulator of Stripe and a mailbox. They share no disk but the pictures' folder."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil
import psycopg

from bench.shop import Buyer
from carneau.standalone import accounts, backing, binaries, ports, postgres, procfile, redis
from carneau.standalone.backing import Backing
from carneau.standalone.environment import ROOT
from carneau.standalone.processes import Child, family, kill, spawn, stop, wait_ready, wait_until
from tests.faults.test_pooler import PGBOUNCER, write

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
LINES = procfile.lines(ROOT / "Procfile")
BREATH = 0.4
WEBS, WORKERS = ("web-1", "web-2"), ("worker-1", "worker-2")
MAKE_EVENT = """
import wsgi
from tests.making import make_event, make_ticket_type
with wsgi.app.app_context():
    print(make_ticket_type(make_event(slug="gala"), total_quantity=20000).public_id)
"""


def is_possible() -> bool:
    return PGBOUNCER is not None and NGINX is not None


@dataclass
class Cluster:
    stack: Backing
    at: dict[str, int]
    kind: str = ""
    running: dict[str, Child] = field(default_factory=dict)

    @property
    def primary(self) -> str:
        return self.stack.environ["DATABASE_URL"]

    def start(self, name: str) -> None:
        self.running[name] = getattr(self, f"_start_{name.partition('-')[0]}")(name)

    def die(self, name: str) -> None:
        """At once and whole: a leader that lived on for a moment would put a new child in the place of a killed one."""
        child = self.running[name]
        child.popen.send_signal(signal.SIGSTOP)
        kill([*family(child.popen.pid)])
        child.popen.kill()
        child.popen.wait()

    def leave(self, name: str) -> None:
        """In order, as a platform stops a process."""
        stop([self.running[name]], 10)

    def _start_postgres(self, _name: str) -> Child:
        home, known = self.stack.home, self.stack.settings
        port = self.stack.ports["postgres"]
        return postgres.start(home / "postgres", port, known.postgres_password, home / "log" / "postgres.log").child

    def _start_redis(self, _name: str) -> Child:
        home, known = self.stack.home, self.stack.settings
        return redis.start(
            home / "redis", self.stack.ports["redis"], known.redis_password, home / "log" / "r.log"
        ).child

    def _start_replica(self, name: str) -> Child:
        folder = self.stack.home / "replica"
        account = accounts.runner(folder / "data")
        programs = binaries.postgres().folder
        if not folder.exists():
            subprocess.run(
                [programs / "pg_basebackup", "-d", self.primary, "-D", folder, "-R", "--checkpoint=fast"],
                check=True, capture_output=True,
            )  # fmt: skip
            for path in (folder, *folder.rglob("*")) if account else ():
                os.chown(path, account.uid, account.gid)
        command = [programs / "postgres", "-D", folder, f"--port={self.at[name]}", "--listen_addresses=127.0.0.1",
                   "--unix_socket_directories="]  # fmt: skip
        child = self._spawn(name, command, account=account)
        wait_ready(child, lambda: self._answers(self.primary.replace(self._port(self.primary), str(self.at[name]))))
        return child

    def _start_pgbouncer(self, name: str) -> Child:
        folder = self.stack.home / "pgbouncer"
        folder.mkdir(exist_ok=True, mode=0o755)
        write(folder, urlsplit(self.primary), self.at[name], pool_size=20)
        account = accounts.runner(folder / "data")
        child = self._spawn(name, [str(PGBOUNCER), folder / "pgbouncer.ini"], account=account)
        wait_ready(child, lambda: self._answers(self.pooled))
        return child

    def _start_web(self, name: str) -> Child:
        environ = self.environ | {"PORT": str(self.at[name]), "WEB_CONCURRENCY": "1"}
        child = self._spawn(name, procfile.shell(LINES["web"]), env=environ)
        wait_ready(child, lambda: is_ready(self.at[name]))
        return child

    def _start_worker(self, name: str) -> Child:
        return self._spawn(name, procfile.shell(LINES["worker"]), env=self.environ)

    def _start_clock(self, name: str) -> Child:
        return self._spawn(name, procfile.shell(LINES["clock"]), env=self.environ)

    def _start_nginx(self, name: str) -> Child:
        self._name_webs(WEBS)
        child = self._spawn(name, [str(NGINX), "-c", self.stack.home / "nginx.conf", "-p", self.stack.home])
        wait_ready(child, lambda: is_ready(self.at[name]))
        return child

    def let_in(self, *webs: str) -> None:
        """Only these get requests from now on: nginx's processes that knew others have ended what they had begun."""
        self._name_webs(webs)
        home, nginx = self.stack.home, psutil.Process(self.running["nginx"].popen.pid)
        before = nginx.children()
        subprocess.run([str(NGINX), "-c", home / "nginx.conf", "-p", home, "-s", "reload"], check=True)
        assert wait_until(lambda: set(before).isdisjoint(nginx.children()), 60), "nginx goes on as it was"

    def _name_webs(self, webs: tuple[str, ...]) -> None:
        servers = "".join(f"server 127.0.0.1:{self.at[web]} max_fails=1 fail_timeout=1s; " for web in webs)
        home = self.stack.home
        (home / "nginx.conf").write_text(f"""
daemon off; pid {home}/nginx.pid; error_log {home}/log/nginx-errors.log; {"user root;" if os.geteuid() == 0 else ""}
events {{ }}
http {{
  access_log off; client_body_temp_path {home}/n1; proxy_temp_path {home}/n2; fastcgi_temp_path {home}/n3;
  uwsgi_temp_path {home}/n4; scgi_temp_path {home}/n5;
  upstream web {{ {servers} }}
  server {{
    listen 127.0.0.1:{self.at["nginx"]};
    location / {{
      proxy_pass http://web; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
      proxy_connect_timeout 1s; proxy_next_upstream error timeout;
    }}
  }}
}}""")

    @property
    def pooled(self) -> str:
        return self.primary.replace(self._port(self.primary), str(self.at["pgbouncer"]))

    @property
    def environ(self) -> dict[str, str]:
        return self.stack.environ | {
            "DATABASE_URL": self.pooled,
            "DATABASE_POOLED": "true",
            "DATABASE_READ_URL": self.primary.replace(self._port(self.primary), str(self.at["replica"])),
            "TRUSTED_PROXIES": "1",
            "LOG_LEVEL": "WARNING",
        }

    def _port(self, url: str) -> str:
        return str(urlsplit(url).port)

    def _spawn(self, name: str, command: list, **options) -> Child:
        options = {"env": os.environ, **options}
        return spawn(name, command, log=self.stack.logs / f"{name}.log", cwd=ROOT, **options)

    def _answers(self, url: str) -> bool:
        try:
            with psycopg.connect(url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def ask(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.primary) as connection:
            return connection.execute(statement).fetchall()

    def change(self, statement: str) -> None:
        with psycopg.connect(self.primary) as connection:
            connection.execute(statement)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environ = self.stack.environ | {"LOG_LEVEL": "ERROR"}
        return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=120)


def is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextmanager
def cluster(home: Path) -> Iterator[Cluster]:
    names = ("nginx", "pgbouncer", "replica", *WEBS)
    at = dict(zip(names, ports.pick(len(names)), strict=True))
    with backing.services(home, at["nginx"]) as stack:
        backing.wait_for_helpers(stack)
        made = Cluster(stack, at)
        made.running |= {child.name.lower().replace("postgresql", "postgres"): child for child in stack.children}
        migrated = made.run(sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade")
        assert migrated.returncode == 0, migrated.stderr
        made.kind = made.run(sys.executable, "-c", MAKE_EVENT).stdout.strip()
        try:
            for name in ("replica", "pgbouncer", *WEBS, *WORKERS, "clock", "nginx"):
                made.start(name)
            yield made
        finally:
            stop(made.running.values(), 5)


@dataclass
class Rush:
    """Buyers, one purchase after the other, until they are told to stop. Their breath between two leaves the machine
    time for what is started meanwhile, and the workers no mountain to work off at the end."""

    cluster: Cluster
    paid: int = 0
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopping: threading.Event = field(default_factory=threading.Event)

    def buy(self) -> None:
        while not self.stopping.is_set():
            buyer = Buyer(self.cluster.at["nginx"])
            try:
                if buyer.take(self.cluster.kind) != 303:
                    raise RuntimeError("not into the cart")
                buyer.pay(self.cluster.stack.links["Stripe simulator"])
                with self.lock:
                    self.paid += 1
            except (OSError, HTTPException, RuntimeError) as error:
                with self.lock:
                    self.failures.append(repr(error))
            finally:
                buyer.connection.close()
            self.stopping.wait(BREATH)

    def seconds_to_next_sale(self, limit: float = 60) -> float:
        began = time.monotonic()
        self.sell(1, limit)
        return time.monotonic() - began

    def sell(self, more: int, limit: float = 60) -> None:
        before = self.paid
        assert wait_until(lambda: self.paid >= before + more, limit), "nobody could buy any more"


@contextmanager
def rush(cluster: Cluster, buyers: int = 4) -> Iterator[Rush]:
    running = Rush(cluster)
    threads = [threading.Thread(target=running.buy) for _ in range(buyers)]
    for thread in threads:
        thread.start()
    try:
        running.seconds_to_next_sale()
        yield running
    finally:
        running.stopping.set()
        for thread in threads:
            thread.join()


def hurry(cluster: Cluster) -> None:
    """As if the time were over that work waits whose worker or database died in the middle, and that between two tries
    of what failed. Work that was begun within ten seconds may be under way."""
    cluster.change(
        """UPDATE outbox SET leased_until = now()
            WHERE leased_until < now() + interval '50 seconds' AND done_at IS NULL AND NOT is_patient"""
    )
    cluster.change("UPDATE outbox SET run_at = now() WHERE run_at > now() AND done_at IS NULL AND attempts > 0")


def until_settled(cluster: Cluster, seconds: float = 120) -> None:
    """Every payment has its tickets, and no job waits."""

    def is_settled() -> bool:
        hurry(cluster)
        [(waiting,)] = cluster.ask(
            """SELECT (SELECT count(*) FROM outbox WHERE done_at IS NULL AND run_at <= now() AND NOT is_patient)
                    + (SELECT count(*) FROM stripe_events WHERE settled_at IS NULL)"""
        )
        return waiting == 0

    assert wait_until(is_settled, seconds, pause=0.3), "work is left"
