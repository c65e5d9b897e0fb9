from http.client import HTTPConnection, HTTPException

from carneau.standalone.ports import HOST


def answers(port: int, path: str) -> bool:
    """200 within two seconds; never through a proxy."""
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
