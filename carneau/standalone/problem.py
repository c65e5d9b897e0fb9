class Problem(Exception):
    """What keeps the local stack from running, in words for the person at the terminal."""
