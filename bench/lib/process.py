"""Programs on one core that end with us, and what they use."""

import ctypes
import os
import resource
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


def start(command, cpu, environment=None, **more):
    """Starts a program on one core, with as many files as it may open. It is killed when this process dies."""

    def prepare():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.sched_setaffinity(0, {cpu})
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    return subprocess.Popen([str(c) for c in command], env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, preexec_fn=prepare, **more)


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def busy_seconds(cpus):
    """What these cores have worked since the machine was started, whoever for."""
    total = 0
    with open("/proc/stat") as f:
        for line in f:
            name, *ticks = line.split()
            if name.startswith("cpu") and name[3:].isdigit() and int(name[3:]) in cpus:
                user, nice, system, _idle, _wait, irq, softirq, steal = map(int, ticks[:8])
                total += user + nice + system + irq + softirq + steal
    return total / TICKS


class Others:
    """How much of some cores other programs take while a measurement runs."""

    def __init__(self, cpus):
        self.cpus = set(cpus)
        self.began, self.busy, self.ended_children = time.monotonic(), busy_seconds(self.cpus), self.of_children()

    @staticmethod
    def of_children():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def share(self, pids):
        """Of the cores since the beginning, without these processes and children that have ended meanwhile."""
        ours = cpu_seconds(pids) + self.of_children() - self.ended_children
        passed = (time.monotonic() - self.began) * len(self.cpus)
        return max(0.0, busy_seconds(self.cpus) - self.busy - ours) / passed
