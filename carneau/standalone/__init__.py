import sys

if sys.version_info < (3, 11):  # noqa: UP036  this is where an older one is told
    sys.exit(f"Carneau needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}).")
