import sys
import time

import psycopg
import pytest

from tests.machines.cluster import WEBS, WORKERS, Cluster, cluster, is_possible, rush, until_settled
from tests.standalone.conftest import folder_for_postgres

pytestmark = pytest.mark.skipif(not is_possible(), reason="no nginx or PgBouncer here (apt install nginx pgbouncer)")
SECONDS_UNTIL_SELLING_AGAIN = 5
PARTS = ("web-1", "worker-1", "replica", "pgbouncer", "postgres", "redis", "nginx", "clock")


@pytest.fixture(scope="module")
def machines():
    with folder_for_postgres() as home, cluster(home) as made:
        yield made


def check(machines: Cluster, paid: int) -> None:
    until_settled(machines)
    holding = machines.run(sys.executable, "-m", "flask", "--app", "wsgi", "invariants")
    assert holding.returncode == 0, holding.stdout
    [(sold, tickets)] = machines.ask(
        """SELECT (SELECT count(*) FROM purchases WHERE payment_status = 'succeeded'),
                  (SELECT count(*) FROM tickets WHERE status = 'valid')"""
    )
    assert sold == tickets >= paid


def test_every_part_may_die_in_turn_and_no_acknowledged_sale_is_lost(machines, capsys):
    seconds = {}
    with rush(machines) as buyers:
        for part in PARTS:
            machines.die(part)
            time.sleep(1)
            machines.start(part)
            seconds[part] = buyers.seconds_to_next_sale()
            with capsys.disabled():
                print(f"\n{part}: the next sale {seconds[part]:.1f} s after its return", end="")
    check(machines, buyers.paid)
    assert max(seconds.values()) < SECONDS_UNTIL_SELLING_AGAIN, seconds


def test_without_redis_selling_goes_on_and_tickets_come(machines):
    machines.die("redis")
    try:
        with rush(machines) as buyers:
            buyers.sell(20)
        until_settled(machines)
    finally:
        machines.start("redis")
    check(machines, buyers.paid)


def test_a_rolling_restart_with_a_new_column_fails_no_request(machines):
    with rush(machines) as buyers:
        with psycopg.connect(machines.primary, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '3s'")
            connection.execute("ALTER TABLE purchases ADD COLUMN of_the_next_release text")
        for web, other in (WEBS, WEBS[::-1]):
            machines.let_in(other)
            machines.leave(web)
            machines.start(web)
            machines.let_in(*WEBS)
        for worker in WORKERS:
            machines.leave(worker)
            machines.start(worker)
        buyers.seconds_to_next_sale()
        assert buyers.failures == []
    check(machines, buyers.paid)
