#!/usr/bin/env python3
"""Fails when a part of src/ includes what it may not know (docs/architecture.md), or a file outgrows its limit."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[2]
MAY_INCLUDE = {
    "base": {"base"},
    "core": {"base", "core"},
    "ports": {"base", "core", "ports"},
    "net": {"base", "core", "ports", "net"},
    "backends": {"base", "core", "ports", "backends"},
    "actors": {"base", "core", "ports", "actors"},
    "load": {"base", "core", "load"},
    "app": {"base", "core", "ports", "net", "backends", "actors", "load", "app", "troupe"},
}
# Libraries that belong to one part.
OWNED = {
    "caf/": {"actors"},
    "boost/asio": {"net", "app"},
    "boost/beast": {"net", "app"},  # app: the command line asks a running node
    "spdlog/": {"app", "base"},
    "jose/": {"backends"},
    "hiredis/": {"backends"},
    "event2/": {"backends"},
    "libpq": {"backends"},
    "yaml-cpp/": {"app"},
    "prometheus/": {"app"},
    "CLI/": {"app"},
}
# What core may not do: log, read clocks, start threads.
NOT_IN_CORE = re.compile(r'"base/log\.hpp"|<thread>|<mutex>|<iostream>|<fstream>|steady_clock::now|system_clock::now')
MAX_LINES = 500

problems = []


def check(path, part):
    text = path.read_text()
    where = path.relative_to(root)
    if text.count("\n") > MAX_LINES:
        problems.append(f"{where}: {text.count(chr(10))} lines; split it ({MAX_LINES} at most)")
    for number, line in enumerate(text.splitlines(), 1):
        own = re.match(r'#include "([a-z]+)/', line)
        if own and own.group(1) not in MAY_INCLUDE[part]:
            problems.append(f"{where}:{number}: {part} may not include {own.group(1)}")
        for library, owners in OWNED.items():
            if re.match(rf"#include <{library}", line) and part not in owners:
                problems.append(f"{where}:{number}: {library} belongs to {', '.join(sorted(owners))}")
        if part == "core" and NOT_IN_CORE.search(line):
            problems.append(f"{where}:{number}: core stays pure: {line.strip()}")


files = 0
for part in MAY_INCLUDE:
    for path in sorted((root / "src" / part).rglob("*.[ch]pp")):
        check(path, part)
        files += 1
print("\n".join(problems) or f"{files} files keep to the layout")
sys.exit(1 if problems or files < 50 else 0)
