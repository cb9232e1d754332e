"""What takes long to make is kept under the whole content that it was made of: what differs in one letter is another.

It is kept in this process alone, and no more than so many bytes of it: what was not asked for longest is dropped.
"""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock


class Kept:
    """What was made of contents, by the digest of the content; `most` is how many bytes of it are kept."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._made: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def of(self, content: str, make: Callable[[str], bytes]) -> bytes:
        """Give what was made of this very content before, or make it now."""
        name = sha256(content.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            if name in self._made:
                self._made.move_to_end(name)
                return self._made[name]
        made = make(content)
        self._keep(name, made)
        return made

    def _keep(self, name: bytes, made: bytes) -> None:
        with self._lock:
            self._size += len(made) - len(self._made.pop(name, b""))
            self._made[name] = made
            while self._size > self.most:
                self._size -= len(self._made.popitem(last=False)[1])
