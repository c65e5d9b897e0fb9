"""The commands of the README. Standard library only: what they need may not be installed yet."""

import sys

from carneau.standalone import bootstrap
from carneau.standalone.problem import Problem

HELP = """\
usage: python3 -m carneau COMMAND

  demo [--fresh]    start everything and print the links (--fresh: delete the demo's data first)
  test [...]        run every test; what follows goes to pytest
  bench [...]       measure speed; what follows goes to the benchmark

demo listens on PORT (8000) and keeps everything in CARNEAU_HOME (var/)."""
LOCKS = {"demo": bootstrap.RUNNING, "test": bootstrap.TESTING, "bench": bootstrap.RUNNING}


def main(arguments: list[str]) -> int:
    if arguments[:1] in (["-h"], ["--help"]):
        print(HELP)
        return 0
    if not arguments or arguments[0] not in LOCKS:
        print(HELP, file=sys.stderr)
        return 2
    try:
        python = bootstrap.ensure(LOCKS[arguments[0]])
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return bootstrap.become(python, "carneau.standalone.commands", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
