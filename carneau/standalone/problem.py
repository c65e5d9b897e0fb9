class Problem(Exception):  # noqa: N818  named for what is true
    """What keeps the local stack from running, in words for the person at the terminal."""
