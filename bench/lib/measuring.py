"""Measures one cell on one server, freshly started."""

import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import generator
import machine
import process

GENERATOR_LIMIT = 0.9  # of a core: above this the generator may be what is measured
# Two generators must measure at the same time: both connect at a pace that every server keeps up with, and both wait until the
# other one is ready. Without that wait the first one's load slows down the second one's last handshakes.
PACE = 400  # connections per second


@dataclass(frozen=True)
class Seconds:
    warmup: float
    duration: float


class Certificate:
    """A throw-away certificate for 127.0.0.1."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="troupe-bench-")
        self.cert, self.key = Path(self.directory.name, "cert.pem"), Path(self.directory.name, "key.pem")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        command += ["-subj", "/CN=127.0.0.1", "-keyout", self.key, "-out", self.cert]
        subprocess.run(command, check=True, capture_output=True)

    def files(self):
        return self.cert, self.key


def halves(cell):
    """The cell as two generators do it: half of the rooms each, or two rooms of half the size. None for one connection."""
    if cell.connections < 2:
        return None
    rooms = max(1, cell.rooms // 2)
    return replace(cell, connections=cell.connections // 2, rooms=rooms)


def measure(server, cell, seconds, rate=None, certificate=None, generators=1):
    """Starts the server, runs the generators, stops the server. Returns the figures; a failure is one, too."""
    part = cell if generators == 1 else halves(cell)
    cpus = [machine.GENERATOR_CPU, machine.second_generator_cpu()][:generators]
    others = process.Others([machine.SERVER_CPU, *cpus])
    try:
        running = server.start(tls=certificate.files() if cell.tls else None)
    except (OSError, RuntimeError, ValueError) as why:
        return {"ok": False, "error": str(why)}
    try:
        command = generator.arguments(part, running.urls, running.pids, seconds, rate)
        begin = part.connections / PACE * 1.2 + 1
        pace = ["--connect-rate", PACE, "--begin-after", begin] if generators > 1 else []
        commands = [[*command, *pace, "--room-prefix", prefix] for prefix in "ab"[:generators]]
        patience = 120 + seconds.warmup + 3 * seconds.duration
        results = generator.run(commands, cpus, patience)
        ramps = [result["ramp"]["seconds"] for result in results]
        if generators > 1 and max(ramps) > begin:
            return {"ok": False, "error": f"the generators did not measure at the same time: they took {ramps} s to connect"}
        out = generator.figures(results)
        if not running.alive():
            return out | {"ok": False, "error": f"the server died: {server.errors(running)}"}
        return out | {"others_share": others.share(running.pids)}
    except generator.Failed as why:
        return {"ok": False, "error": f"{why} {server.errors(running)}".strip()}
    finally:
        running.stop()
