import subprocess
import time

import pytest
import redis

from carneau.core import redis_address
from carneau.standalone import binaries, ports


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("redis+sentinel://a:1,b/main", ([("a", 1), ("b", 26379)], None, "main", 0)),
        ("redis+sentinel://:p%40ss@a:1/main/3", ([("a", 1)], "p@ss", "main", 3)),
        ("rediss+sentinel://a/main", ([("a", 26379)], None, "main", 0)),
    ],
)
def test_an_address_of_sentinels_is_read(url, found):
    assert redis_address.parts(url) == found


@pytest.mark.parametrize("url", ["redis+sentinel://", "redis+sentinel://host:26379", "redis+sentinel:///main"])
def test_an_address_without_hosts_or_name_says_what_is_needed(url):
    with pytest.raises(ValueError, match="mymaster"):
        redis_address.connect(url)


@pytest.fixture
def cluster(tmp_path):
    """A primary, its replica and one Sentinel that needs no second opinion; the ports."""
    program, _origin = binaries.redis()
    primary, replica, sentinel = ports.pick(3)
    watching = tmp_path / "sentinel.conf"
    watching.write_text(
        f"port {sentinel}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {primary} 1\n"
        "sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 2000\n"
    )
    common = ["--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    commands = [
        [program, "--port", str(primary), *common],
        [program, "--port", str(replica), "--replicaof", "127.0.0.1", str(primary), *common],
        [program, str(watching), "--sentinel", "--dir", str(tmp_path)],
    ]
    processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
    try:
        yield processes[0], sentinel
    finally:
        for process in processes:
            process.kill()
            process.wait()


def until(seconds: float, attempt):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except redis.RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def knows_replica(port: int) -> None:
    """The Sentinel asks the primary for its replicas each ten seconds; before, it has none to promote."""
    sentinel = redis.Redis(port=port, decode_responses=True)
    deadline = time.monotonic() + 40
    while not any(found["flags"] == "slave" for found in sentinel.sentinel_slaves("main")):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_when_the_primary_dies_the_next_one_is_asked(cluster):
    process, port = cluster
    connection = redis_address.connect(f"redis+sentinel://127.0.0.1:{port}/main", socket_timeout=1)
    until(10, lambda: connection.set("who", "first"))
    until(10, lambda: connection.execute_command("WAIT", 1, 5000))
    knows_replica(port)
    before = connection.connection_pool.get_master_address()

    process.kill()
    process.wait()

    until(30, lambda: connection.set("who", "second"))
    assert connection.get("who") == b"second"
    assert connection.connection_pool.get_master_address() != before
