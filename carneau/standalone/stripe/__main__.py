import argparse
import signal
import sys
import threading
from pathlib import Path

from carneau.standalone.stripe.settings import SimulatorSettings
from carneau.standalone.stripe.simulator import create_simulator


def settings_from(arguments: list[str]) -> SimulatorSettings:
    parser = argparse.ArgumentParser(prog="python -m carneau.standalone.stripe")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--secret-key", required=True)
    parser.add_argument("--webhook-url")
    parser.add_argument("--webhook-secret", required=True)
    parser.add_argument("--public-url")
    parser.add_argument("--merchant", default="Carneau demo")
    return SimulatorSettings(**vars(parser.parse_args(arguments)))


def main() -> None:
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    simulator = create_simulator(settings_from(sys.argv[1:])).serve_in_thread()
    print(f"Stripe simulator: {simulator.url}", flush=True)
    stopped.wait()
    simulator.stop()


if __name__ == "__main__":
    main()
