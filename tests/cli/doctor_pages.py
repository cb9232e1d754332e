"""Read what doctor shows a person: the lines of its page by their subject."""


def lines_of(text: str) -> dict[str, str]:
    """Find the lines of a page by their subject, the mark before it: {"! server": "Nobody listens ..."}."""
    found = {}
    for line in text.splitlines():
        if line[:2] == "  " and ":" in line:
            head, _, words = line.strip().partition(": ")
            found[" ".join(head.split())] = words
    return found
