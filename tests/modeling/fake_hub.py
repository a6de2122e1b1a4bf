"""A hub on this machine: serves a folder as a model, or behaves badly in a chosen way."""

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME = "lab/tiny"
COMMIT = "a" * 40


@contextmanager
def silent_server() -> Iterator[str]:
    """A server that takes connections and never says a word; yields its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class Hub(ThreadingHTTPServer):
    """Knows one model; `stalls_in` names a file that stops in the middle, `status` other than 200 is all it says."""

    daemon_threads = True

    def __init__(self, folder: Path, stalls_in: str, status: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.stalls_in, self.status = folder, stalls_in, status
        self.released = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """Answers as far as the client asks."""

    server: Hub

    def do_GET(self) -> None:
        if self.server.status != 200:
            refusal = {"X-Error-Code": "RepoNotFound"} if self.server.status == 404 else {}
            self._say(b"", self.server.status, refusal)
        elif "/tree/" in self.path:
            self._say(json.dumps([_entry(path) for path in sorted(self.server.folder.iterdir())]).encode())
        elif self.path.startswith("/api/"):
            files = [{"rfilename": path.name} for path in self.server.folder.iterdir()]
            self._say(json.dumps({"id": NAME, "sha": COMMIT, "siblings": files}).encode())
        else:
            path = self.server.folder / Path(self.path).name
            headers = {"ETag": _entry(path)["oid"], "X-Repo-Commit": COMMIT}
            self._say(path.read_bytes(), headers=headers, stalls=path.name == self.server.stalls_in)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _say(
        self, body: bytes, status: int = 200, headers: dict[str, str] | None = None, *, stalls: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(body[: len(body) // 2] if stalls else body)
        self.wfile.flush()
        if stalls:
            self.server.released.wait(60)

    def log_message(self, *_: object) -> None:
        pass


def _entry(path: Path) -> dict[str, str]:
    oid = hashlib.sha1(path.read_bytes()).hexdigest()
    return {"type": "file", "path": path.name, "size": path.stat().st_size, "oid": oid}


@contextmanager
def hub_serving(folder: Path, *, stalls_in: str = "", status: int = 200) -> Iterator[str]:
    """A hub with the model `NAME` from a folder; yields its address."""
    hub = Hub(folder, stalls_in, status)
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{hub.server_address[1]}"
    finally:
        hub.released.set()
        hub.shutdown()
        hub.server_close()
