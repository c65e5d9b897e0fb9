"""What a buyer does, over plain HTTP without JavaScript, timed step by step."""

import http.client
import re
import threading
import time
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from bench.load import Measured


class Buyer:
    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = ""

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Status and Location."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        self.connection.request("POST", path, urlencode(form), headers)
        answer = self.connection.getresponse()
        answer.read()
        for given in answer.headers.get_all("Set-Cookie") or ():
            self.cookie = given.split(";")[0]
        return answer.status, answer.headers.get("Location", "")

    def take(self, public_id: str, quantity: int = 1) -> int:
        return self.post("/cart/lines", {f"quantity-{public_id}": str(quantity)})[0]

    def pay(self, simulator: str) -> None:
        status, location = self.post("/checkout", {"name": "Ada Bench", "email": f"{uuid4().hex}@bench.example"})
        session = re.search(r"cs_test_\w+", location)
        if status != 303 or session is None:
            raise RuntimeError(f"checkout answered {status} {location}")
        address = urlsplit(simulator)
        form = urlencode({"session": session.group(0)})
        with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)) as stripe:
            stripe.request("POST", "/_simulator/pay", form, {"Content-Type": "application/x-www-form-urlencoded"})
            if stripe.getresponse().status >= 400:
                raise RuntimeError("the simulator took no payment")


def in_parallel(clients: int, count: int, work: Callable[[int], int]) -> Measured:
    """`work(n)` for n below `count`, `clients` at a time; it returns a status."""
    measured, numbers, lock = Measured(), iter(range(count)), threading.Lock()

    def run() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            started = time.perf_counter()
            status = work(number)
            with lock:
                measured.latencies.append(time.perf_counter() - started)
                measured.statuses[status] = measured.statuses.get(status, 0) + 1

    threads = [threading.Thread(target=run) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured.seconds = time.perf_counter() - started
    return measured
