"""Other servers that give the answer that a lab gave: how each is told to, and started.

nginx and a bare ASGI application say what the machine can do; Prism, WireMock and Mockoon are what
people use to play an API. They come from npm, in these versions, and check that a key is there.
"""

import getpass
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from processes import Server, free_port, running

PACKAGES = ("@stoplight/prism-cli@5.14.2", "wiremock@3.13.2", "@mockoon/cli@9.9.0")
HEADER = "X-Gravitee-Api-Key"


class NotMeasured(Exception):
    """Something that this machine lacks; the message says what."""


class Peers:
    """Peers that answer `request` (as it is sent) with `body`. Their files are in `folder`.

    `npm` is a folder where PACKAGES are installed, or will be; without it, in `folder`.
    """

    def __init__(self, folder: Path, request: str, body: bytes, npm: Path | None = None):
        self._folder, self._request, self._body = folder, request, body
        self._path = urlsplit(request.split()[1]).path
        self._npm = npm or folder / "npm"

    @contextmanager
    def start(self, name: str) -> Iterator[Server]:
        """Start `nginx`, `asgi`, `prism`, `wiremock` or `mockoon`. Raises NotMeasured."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        port = free_port()
        command = getattr(self, f"_{name}")(folder, port)
        with running(command, port, self._request) as server:
            yield server

    def _nginx(self, folder: Path, port: int) -> list:
        (folder / "body.json").write_bytes(self._body)
        (folder / "nginx.conf").write_text(
            f"""daemon off; worker_processes 1; pid {folder}/pid; user {getpass.getuser()};
            events {{ worker_connections 1024; }}
            http {{
                access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
                client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
                fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
                server {{
                    listen 127.0.0.1:{port};
                    location {self._path} {{
                        alias {folder}/body.json; default_type application/json;
                    }}
                }}
            }}"""
        )
        return [_program("nginx"), "-c", folder / "nginx.conf", "-e", folder / "error.log"]

    def _asgi(self, folder: Path, port: int) -> list:
        (folder / "bare.py").write_text(
            f"""BODY = {self._body!r}
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]

async def app(scope, receive, send):
    await send({{"type": "http.response.start", "status": 200, "headers": HEADERS}})
    await send({{"type": "http.response.body", "body": BODY}})
"""
        )
        options = ["--http", "httptools", "--lifespan", "off", "--no-access-log"]
        where = ["--app-dir", folder, "--host", "127.0.0.1", "--port", port]
        return [sys.executable, "-m", "uvicorn", "bare:app", *where, *options]

    def _prism(self, folder: Path, port: int) -> list:
        operation = {
            "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
            "security": [{"key": []}],
            "responses": {
                "200": {
                    "description": "A page",
                    "content": {
                        "application/json": {
                            "schema": {"type": "object"},
                            "example": json.loads(self._body),
                        }
                    },
                }
            },
        }
        document = {
            "openapi": "3.1.0",
            "info": {"title": "Courses", "version": "1"},
            "paths": {self._path: {"get": operation}},
            "components": {
                "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": HEADER}}
            },
        }
        file = _write(folder / "openapi.json", document)
        return [self._installed("prism"), "mock", file, "--port", port, "--verboseLevel", "silent"]

    def _wiremock(self, folder: Path, port: int) -> list:
        java = _program("java")
        self._installed("wiremock")
        (jar,) = (self._npm / "node_modules" / "wiremock" / "build").glob("*.jar")
        (folder / "mappings").mkdir(exist_ok=True)
        mapping = {
            "request": {
                "method": "GET",
                "urlPath": self._path,
                "headers": {HEADER: {"matches": ".+"}},
            },
            "response": {
                "status": 200,
                "headers": {"Content-Type": "application/json"},
                "body": self._body.decode(),
            },
        }
        _write(folder / "mappings" / "page.json", mapping)
        quiet = ("--no-request-journal", "--disable-banner", "--disable-gzip")
        where = ("--port", port, "--bind-address", "127.0.0.1", "--root-dir", folder)
        return [java, "-jar", jar, *where, *quiet]

    def _mockoon(self, folder: Path, port: int) -> list:
        has_no_key = {"target": "header", "modifier": HEADER, "value": "", "operator": "null"}
        answer = {
            "uuid": "00000000-0000-4000-8000-000000000003",
            "statusCode": 200,
            "headers": [{"key": "Content-Type", "value": "application/json"}],
            "bodyType": "INLINE",
            "body": self._body.decode(),
            "disableTemplating": True,
            "default": True,
        }
        refusal = {
            "uuid": "00000000-0000-4000-8000-000000000004",
            "statusCode": 401,
            "bodyType": "INLINE",
            "rules": [has_no_key],
            "rulesOperator": "AND",
        }
        route = {
            "uuid": "00000000-0000-4000-8000-000000000002",
            "type": "http",
            "method": "get",
            "endpoint": self._path.lstrip("/"),
            "responses": [answer, refusal],
            "responseMode": None,
        }
        environment = {
            "uuid": "00000000-0000-4000-8000-000000000001",
            "lastMigration": 33,
            "name": "Courses",
            "port": port,
            "hostname": "127.0.0.1",
            "routes": [route],
            "rootChildren": [{"type": "route", "uuid": route["uuid"]}],
        }
        file = _write(folder / "environment.json", environment)
        quiet = ("--disable-log-to-file", "--disable-admin-api", "--repair")
        return [self._installed("mockoon-cli"), "start", "--data", file, "--port", port, *quiet]

    def _installed(self, program: str) -> Path:
        """A program of PACKAGES, installed first where it is not there yet."""
        found = self._npm / "node_modules" / ".bin" / program
        if not found.exists():
            npm = _program("npm")
            quiet = ("--no-save", "--no-audit", "--no-fund", "--loglevel", "error")
            command = [npm, "install", "--prefix", self._npm, *quiet, *PACKAGES]
            self._npm.mkdir(parents=True, exist_ok=True)
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise NotMeasured(f"npm: {done.stderr.strip().splitlines()[-1]}")
        return found


def _program(name: str) -> str:
    """A program on PATH, or where Debian keeps servers."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        raise NotMeasured(f"{name} is not installed")
    return found


def _write(file: Path, content: dict) -> Path:
    file.write_text(json.dumps(content), encoding="utf-8")
    return file
