"""Starts the programs under test, on a free port, and stops them by their process id."""

import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SECRET = "interop-secret-interop-secret-interop"


def program(variable, relative):
    """The program named by the environment, else the one of the usual build directories."""
    if os.environ.get(variable):
        return os.environ[variable]
    for preset in ("release", "dev"):
        path = ROOT / "build" / preset / relative
        if path.exists():
            return str(path)
    raise RuntimeError(f"set {variable}, or build {relative} in build/release or build/dev")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A program that listens on `port`; usable as a context manager."""

    def __init__(self, command, port):
        self.command, self.port = command, port
        self.url = f"http://127.0.0.1:{port}"
        self.output = tempfile.TemporaryFile()
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=self.output, stderr=self.output)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        self.stop()
        self.output.seek(0)
        raise RuntimeError(f"{' '.join(self.command)} does not listen:\n{self.output.read().decode(errors='replace')}")

    def stop(self, kill=False):
        if self.process.poll() is None:
            self.process.kill() if kill else self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.output.close()


def _settings(values):
    return [part for key, value in values.items() for part in ("--set", f"{key}={value}")]


def start_app(**values):
    """The application of ../app; keyword arguments are settings with `__` for the dot."""
    port = free_port()
    values = {key.replace("__", "."): value for key, value in values.items()}
    return Server([program("APP_BIN", "tests/interop/interop_app"), "--port", str(port), *_settings(values)], port)


def start_troupe(**values):
    """A node with the built-in events."""
    port = free_port()
    values = {key.replace("__", "."): value for key, value in values.items()}
    base = {"server.host": "127.0.0.1", "server.port": port, "limits.events_per_minute": 0}
    return Server([program("TROUPE_BIN", "troupe"), "serve", *_settings({**base, **values})], port)
