"""The machine and the versions of what is measured on it."""

import datetime
import json
import os
import platform
import re
import socket
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "bench/peers"
FLOOR = ROOT / "build/bench/bench/epoll_floor"
TROUPE = Path(os.environ.get("TROUPE_BIN", ROOT / "build/release/troupe"))

SERVER_CPU = 0
GENERATOR_CPU = 1


def second_generator_cpu():
    """A core of its own where there is a third one, else the server's."""
    return 2 if os.cpu_count() > 2 else SERVER_CPU


def output_of(*command, **more):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, **more).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_model():
    names = re.findall(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return names[0] if names else platform.machine()


def memory_gib():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def troupe_commit():
    commit = output_of("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD")
    changed = output_of("git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no", "--", "src", "include", "CMakeLists.txt", "cmake")
    return commit + (" with uncommitted changes" if changed else "")


def package_version(directory):
    try:
        return json.loads((Path(directory) / "package.json").read_text())["version"]
    except (OSError, ValueError, KeyError):
        return None


def peer_versions():
    """npm package -> version, of those that a server here names itself after."""
    names = ("socket.io", "engine.io", "ws", "bufferutil", "@socket.io/redis-adapter", "redis", "@socket.io/cluster-adapter", "@socket.io/sticky")
    return {name: package_version(PEERS / "node_modules" / name) for name in names}


def describe():
    """What stands at the head of a report."""
    redis = re.search(r"v=([\d.]+)", output_of("redis-server", "--version"))
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": memory_gib(),
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        "troupe": troupe_commit(),
        "node": output_of("node", "--version"),
        "redis_server": redis.group(1) if redis else None,
        "npm": peer_versions(),
    }
