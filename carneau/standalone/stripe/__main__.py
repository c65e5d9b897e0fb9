import argparse
import sys
from pathlib import Path

from carneau.standalone.stripe.process import serve
from carneau.standalone.stripe.settings import SimulatorSettings


def settings_from(arguments: list[str]) -> SimulatorSettings:
    parser = argparse.ArgumentParser(prog="python -m carneau.standalone.stripe")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, help="SQLite file; in memory without it")
    parser.add_argument("--secret-key", required=True)
    parser.add_argument("--webhook-url")
    parser.add_argument("--webhook-secret", required=True)
    parser.add_argument("--public-url", help="how browsers reach it; http://HOST:PORT without it")
    parser.add_argument("--merchant", default="Carneau demo", help="the name on the payment page")
    return SimulatorSettings(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    serve(settings_from(sys.argv[1:]))
