import argparse
import logging
import signal
from pathlib import Path
from types import FrameType

from werkzeug.serving import make_server

from carneau.standalone.mailbox.catcher import listening
from carneau.standalone.mailbox.pages import create_mailbox
from carneau.standalone.mailbox.store import Store

HOST = "127.0.0.1"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m carneau.standalone.mailbox")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _interrupt)
    store = Store(options.folder)
    catcher = listening(store, HOST, options.smtp_port)
    try:
        make_server(HOST, options.http_port, create_mailbox(store), threaded=True).serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        catcher.stop()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
