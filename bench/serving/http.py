"""One browser's connection: HTTP/1.1 kept alive, cookies, no more work than that, since it shares the machine."""

import asyncio
import re
from collections.abc import Mapping

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=]+)=([^;\r]*)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)


class Reply:
    """Status, header block and body of an answer."""

    __slots__ = ("body", "head", "status")

    def __init__(self, head: bytes, body: bytes) -> None:
        self.status = int(head[9:12])
        self.head = head
        self.body = body

    @property
    def location(self) -> str:
        """Return the path that a redirect leads to."""
        found = _LOCATION.search(self.head)
        assert found, f"no redirect: {self.head!r}"
        return re.sub(r"^https?://[^/]+", "", found[1].decode())


class _Wire(asyncio.Protocol):
    """Collects one reply at a time."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.waiter: asyncio.Future[Reply] | None = None
        self.closed = False
        self._head: bytes | None = None
        self._needed = 0

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self._head is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self._head = bytes(self.buffer[:end])
            length = _LENGTH.search(self._head)
            self._needed = int(length[1]) if length else -1 if _CHUNKED.search(self._head) else 0
            del self.buffer[: end + 4]
        if self._needed < 0:
            if self.buffer.endswith(b"0\r\n\r\n"):
                self._done(_unchunked(self.buffer))
        elif len(self.buffer) >= self._needed:
            self._done(bytes(self.buffer[: self._needed]))

    def _done(self, body: bytes) -> None:
        assert self._head is not None
        reply = Reply(self._head, body)
        self.closed = self.closed or bool(_CLOSE.search(self._head))
        self.buffer.clear()
        self._head = None
        if self.waiter and not self.waiter.done():
            self.waiter.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._fail(exc or ConnectionError("closed"))

    def _fail(self, error: Exception) -> None:
        if self.waiter and not self.waiter.done():
            self.waiter.set_exception(error)


def _unchunked(buffer: bytes | bytearray) -> bytes:
    """Return a body that was sent in chunks."""
    parts, at = [], 0
    while True:
        line = buffer.index(b"\r\n", at)
        size = int(buffer[at:line].split(b";")[0], 16)
        if not size:
            return b"".join(parts)
        parts.append(bytes(buffer[line + 2 : line + 2 + size]))
        at = line + 2 + size + 2


class Browser:
    """One visitor: a connection of its own and a jar of cookies."""

    def __init__(self, port: int, *, patience_s: float = 60.0) -> None:
        self.port = port
        self.place = ""
        self.cookies: dict[bytes, bytes] = {}
        self._patience_s = patience_s
        self._transport: asyncio.Transport | None = None
        self._wire: _Wire | None = None

    async def get(self, path: str) -> Reply:
        """Fetch a page."""
        return await self._send(b"GET", path, b"", {})

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send something."""
        return await self._send(b"POST", path, body, headers)

    async def follow(self, reply: Reply) -> Reply:
        """Go where redirects lead; `place` is the path of the page come to."""
        while reply.status in (301, 302, 303, 307):
            self.place = reply.location
            reply = await self.get(self.place)
        return reply

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.abort()
            self._transport = None

    async def _send(self, method: bytes, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        if self._transport is None or self._wire is None or self._wire.closed:
            await self._connect()
        assert self._wire is not None
        assert self._transport is not None
        lines = [b"%b %b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept-Language: en" % (method, path.encode(), self.port)]
        if self.cookies:
            lines.append(b"Cookie: " + b"; ".join(name + b"=" + value for name, value in self.cookies.items()))
        lines += [f"{name}: {value}".encode() for name, value in headers.items()]
        if method == b"POST":
            lines.append(b"Content-Length: %d" % len(body))
        self._wire.waiter = asyncio.get_running_loop().create_future()
        self._transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        async with asyncio.timeout(self._patience_s):
            reply = await self._wire.waiter
        for name, value in _COOKIE.findall(reply.head):
            self.cookies[name] = value
        return reply

    async def _connect(self) -> None:
        self.close()
        loop = asyncio.get_running_loop()
        self._transport, self._wire = await loop.create_connection(_Wire, "127.0.0.1", self.port)
