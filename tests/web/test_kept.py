"""What was made once is given again for the very same content alone, and no more of it is kept than there is room."""

from concurrent.futures import ThreadPoolExecutor

from horehab.web.kept import Kept


def test_it_is_made_once_for_the_same_content_and_anew_for_any_other() -> None:
    made: list[str] = []
    kept = Kept(most=1000)

    def make(content: str) -> bytes:
        made.append(content)
        return content.upper().encode()

    for content in ("ana", "ana", "anb", "ana ", "ana"):
        assert kept.of(content, make) == content.upper().encode()
    assert made == ["ana", "anb", "ana "]


def test_what_was_not_asked_for_longest_is_dropped_when_there_is_no_more_room() -> None:
    made: list[str] = []
    kept = Kept(most=20)

    def make(content: str) -> bytes:
        made.append(content)
        return content.encode() * 10

    for content in ("a", "b", "a", "c", "a", "b"):
        kept.of(content, make)
    assert made == ["a", "b", "c", "b"]


def test_what_is_larger_than_all_the_room_is_given_and_not_kept() -> None:
    kept = Kept(most=5)
    assert kept.of("a", lambda _content: b"1234567") == b"1234567"
    assert kept.of("a", lambda _content: b"another") == b"another"
    assert kept.of("a", lambda _content: b"small") == b"small"
    assert kept.of("a", lambda _content: b"later") == b"small"


def test_many_who_ask_at_once_each_get_their_own() -> None:
    kept = Kept(most=300)
    with ThreadPoolExecutor(8) as people:
        asked = [str(number % 40) for number in range(2000)]
        given = list(people.map(lambda content: kept.of(content, lambda text: f"of {text};".encode() * 3), asked))
    assert given == [f"of {content};".encode() * 3 for content in asked]
