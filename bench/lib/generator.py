"""Runs `troupe load` against a server and keeps the figures that matter."""

import json
import os
import subprocess
import tempfile

import machine
import process

JOIN = '["join_room","{room}"]'
PUBLISH = '["msg",{"room":"{room}","d":"{body}"}]'
ECHO = '["echo","{body}"]'


class Failed(Exception):
    """The generator could not measure; the text says why."""


def spread(urls, rooms):
    """The generator takes rooms and URLs in turn. This order makes a room's members use all URLs in turn as well."""
    return [urls[(i + i // rooms) % len(urls)] for i in range(rooms * len(urls))] if len(urls) > 1 else urls


def arguments(cell, urls, pids, seconds, rate=None, source_addresses=8):
    """The command line for one cell. `rate`: messages per second in all, for an open loop."""
    command = [machine.TROUPE, "load", cell.scenario, "--path", "/socket.io/", "--connections", cell.connections, "--rooms", cell.rooms]
    for url in spread(urls, cell.rooms):
        command += ["--url", url]
    for pid in pids:
        command += ["--server-pid", pid]
    command += ["--source-addresses", source_addresses, "--timeout", 30, "--quiet"]
    if cell.scenario != "connect":
        command += ["--warmup", seconds.warmup, "--duration", seconds.duration]
    if cell.scenario != "echo":
        command += ["--join", JOIN, "--join-reply", "ack"]
    if cell.scenario == "fanout":
        command += ["--publish", PUBLISH, "--deliver", "msg", "--publishers", cell.publishers, "--sender-receives", "yes", "--payload-bytes", cell.payload]
        command += ["--rate", f"{rate:.3f}"] if rate else ["--in-flight", cell.in_flight]
    if cell.scenario == "echo":
        command += ["--echo", ECHO, "--echo-reply", "event", "--payload-bytes", cell.payload, "--in-flight", cell.in_flight]
    if cell.tls:
        command += ["--insecure"]
    return command


def run(commands, cpus, patience):
    """Runs one generator per command at the same time, each on its core; returns what each wrote as JSON."""
    with tempfile.TemporaryDirectory(prefix="troupe-bench-") as directory:
        files = [os.path.join(directory, f"{i}.json") for i in range(len(commands))]
        children = []
        try:
            for command, cpu, file in zip(commands, cpus, files):
                command = [*command, "--cpu", cpu, "--json", file]
                children.append(process.start(command, cpu, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
            for child in children:
                _, errors = child.communicate(timeout=patience)
                if child.returncode not in (0, 1):
                    raise Failed(f"troupe load ended with {child.returncode}: {errors.decode(errors='replace').strip()[-500:]}")
        except subprocess.TimeoutExpired:
            raise Failed(f"troupe load did not end within {patience:.0f} s") from None
        finally:
            for child in children:
                child.kill()
                child.wait()
        try:
            return [json.load(open(file)) for file in files]
        except (OSError, ValueError) as why:
            raise Failed(f"troupe load wrote no result: {why}") from None


def total(results, *path):
    """The sum of a figure over the generators; None when it is not there."""
    values = [result for result in results]
    for key in path:
        values = [value.get(key) if value else None for value in values]
    return sum(values) if all(value is not None for value in values) else None


def highest(results, *path):
    values = results
    for key in path:
        values = [value.get(key) if value else None for value in values]
    values = [value for value in values if value is not None]
    return max(values) if values else None


def figures(results):
    """One flat record of a run. Server figures were seen by each generator; for several their mean is taken."""
    count = len(results)
    kb = 1.024  # /proc counts in KiB
    deliveries, cpu = total(results, "window", "deliveries"), total(results, "server", "cpu_s")
    out = {
        "ok": all(result["good"] for result in results),
        "generator_share": highest(results, "generator", "cpu_share"),
        "deliveries": deliveries,
        "deliveries_per_s": total(results, "window", "deliveries_per_s"),
        "server_cpu_s": None if cpu is None else cpu / count,
        "server_share": None if cpu is None else total(results, "server", "cpu_share") / count,
        "cpu_s_per_million": cpu / count / deliveries * 1e6 if cpu is not None and deliveries else None,
        "skipped": total(results, "window", "skipped"),
    }
    for quantile in ("p50", "p99", "p999", "max"):
        out[f"{quantile}_ms"] = highest(results, "latency_ms", quantile)
    for fault in ("lost", "doubled", "reordered", "order_differs", "unknown", "stalled", "refused"):
        out[fault] = total(results, "check", fault)
    out["first_refusal"] = results[0]["check"].get("first_refusal")
    for name in ("wanted", "established", "lost", "refused", "timed_out", "rejected", "failed"):
        out[f"connections_{name}"] = total(results, "connections", name)
    out["first_problem"] = results[0]["connections"].get("first_problem")
    if count == 1:
        out["ramp_per_s"] = total(results, "ramp", "per_second")
        out["ramp_server_cpu_s"] = total(results, "ramp", "server_cpu_s")
        if results[0]["scenario"] == "connect":
            ramp = results[0]["ramp"]
            out["generator_share"] = ramp["generator_cpu_s"] / ramp["seconds"] if ramp["seconds"] else None
            out["server_share"] = ramp["server_cpu_s"] / ramp["seconds"] if ramp["seconds"] else None
        rss = total(results, "server", "rss_kb_per_connection_at_end")
        out["rss_kb_per_connection"] = None if rss is None else rss * kb
    return out
