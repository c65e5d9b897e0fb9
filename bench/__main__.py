"""`python3 -m carneau bench`: what this machine does with Carneau, beside what it does with nothing in the way."""

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack

from bench import figures, serving


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m carneau bench")
    parser.add_argument("--seconds", type=float, default=4, help="how long each page is asked for (default 4)")
    parser.add_argument("--checkouts", type=int, default=200, help="how many complete purchases (default 200)")
    options = parser.parse_args()
    sown = json.loads(subprocess.run([sys.executable, "-m", "bench.seed"], check=True, stdout=subprocess.PIPE).stdout)
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}; load generator included")
    with ExitStack() as stack:
        hello = stack.enter_context(serving.hello())
        port, processes, cold = stack.enter_context(serving.carneau())
        print(f"first answer {cold:.2f} s after the start of web\n")
        for figure in figures.all_of(hello, port, sown, options.seconds, options.checkouts):
            print(figure, flush=True)
        web, worker, clock = (serving.megabytes([process]) for process in processes)
        print(f"\nmemory: web {web:.0f} MB, worker {worker:.0f} MB, clock {clock:.0f} MB")


if __name__ == "__main__":
    main()
