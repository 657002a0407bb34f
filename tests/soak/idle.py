#!/usr/bin/python3
"""Holds many idle Socket.IO connections on a node and watches what they cost.

    tests/soak/idle.py --port 3001 --pid 1234 --connections 10000 --seconds 300

Each connection is a WebSocket that connects to `/`, joins a room (one for every 100 connections) and then only answers
pings. Once a second the node's memory and CPU time are read from /proc. Ends with status 1 when a connection was lost or
memory went on growing after the ramp. One process holds them all: raise `ulimit -n` above the number of connections.
"""

import argparse
import asyncio
import json
import os
import resource
import socket
import statistics
import sys
import time

ADDRESSES = 40  # source addresses, so that one does not run out of ports
TICKS = os.sysconf("SC_CLK_TCK")


def frame(text):
    """A masked text frame; the mask is zero, which is legal and cheap."""
    data = text.encode()
    assert len(data) < 126
    return bytes((0x81, 0x80 | len(data), 0, 0, 0, 0)) + data


PONG = frame("3")


class Connection(asyncio.Protocol):
    """One client. Its buffer is empty whenever it is idle."""

    def __init__(self, crowd, room):
        self.crowd, self.room = crowd, room
        self.buffer = b""
        self.state = "handshake"
        self.joined = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def data_received(self, data):
        self.buffer += data
        if self.state == "handshake":
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                return self.fail(head.decode(errors="replace").split("\r\n")[0])
            self.buffer, self.state = rest, "open"
        while (text := self.take_frame()) is not None:
            self.on_text(text)

    def take_frame(self):
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1], 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4], "big"), 4
        if len(buffer) < start + size:
            return None
        self.buffer = buffer[start + size :]
        if buffer[0] == 0x88:
            self.fail(f"close frame {buffer[start:start + size].hex()}")
            return None
        return buffer[start : start + size]

    def on_text(self, text):
        if text == b"2":
            self.crowd.pings += 1
            self.transport.write(PONG)
        elif text.startswith(b"0{"):
            self.transport.write(frame("40"))
        elif text.startswith(b"40{"):
            self.transport.write(frame(f'421["join_room","{self.room}"]'))
        elif text.startswith(b"44"):
            self.fail(text.decode())
        elif text.startswith(b"431["):
            answer = json.loads(text[3:])[0]
            if not answer["ok"]:
                return self.fail(text.decode())
            if not self.joined.done():
                self.joined.set_result(None)

    def fail(self, why):
        self.crowd.reasons[why] = self.crowd.reasons.get(why, 0) + 1
        self.transport.abort()

    def connection_lost(self, error):
        if not self.crowd.leaving:
            self.crowd.lost += 1
            if error:
                self.crowd.reasons[str(error)] = self.crowd.reasons.get(str(error), 0) + 1
        if not self.joined.done():
            self.joined.set_exception(ConnectionError("lost before it had joined"))
            self.joined.exception()  # it is counted; nobody need await it


class Crowd:
    def __init__(self):
        self.lost = self.pings = 0
        self.reasons = {}
        self.leaving = False


class Watch:
    """Memory and CPU time of a process."""

    def __init__(self, pid):
        self.pid = pid

    def rss(self):
        with open(f"/proc/{self.pid}/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self):
        with open(f"/proc/{self.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


async def open_all(args, crowd):
    """Opens the connections, `args.concurrency` at a time; returns those that have joined."""
    loop = asyncio.get_running_loop()
    places = asyncio.Semaphore(args.concurrency)

    async def open_one(i):
        async with places:
            local = f"127.0.0.{2 + i % ADDRESSES}"
            try:
                _, connection = await loop.create_connection(
                    lambda: Connection(crowd, f"room-{i // args.room_size}"), args.host, args.port, local_addr=(local, 0), family=socket.AF_INET
                )
                await asyncio.wait_for(connection.joined, 30)
                return connection
            except (OSError, asyncio.TimeoutError) as error:
                crowd.reasons[repr(error)] = crowd.reasons.get(repr(error), 0) + 1
                return None

    return [c for c in await asyncio.gather(*(open_one(i) for i in range(args.connections))) if c]


async def soak(args):
    crowd, watch = Crowd(), Watch(args.pid)
    empty = watch.rss()
    start, cpu = time.monotonic(), watch.cpu()
    connections = await open_all(args, crowd)
    ramp, ramp_cpu = time.monotonic() - start, watch.cpu() - cpu
    print(f"ramp: {len(connections)} of {args.connections} joined in {ramp:.1f} s ({len(connections) / ramp:.0f}/s), {ramp_cpu:.1f} s of CPU", flush=True)

    await asyncio.sleep(min(args.settle, args.seconds))
    crowd.lost = 0  # those of the ramp are known
    settled = watch.rss()
    samples, start, cpu = [], time.monotonic(), watch.cpu()
    while time.monotonic() - start < args.seconds:
        await asyncio.sleep(1)
        samples.append(watch.rss())
        if len(samples) % 30 == 0:
            print(f"{len(samples):5} s  RSS {samples[-1] / 1e6:.1f} MB  lost {crowd.lost}  pings {crowd.pings}", flush=True)
    used = watch.cpu() - cpu
    crowd.leaving = True
    for connection in connections:
        connection.transport.abort()

    quarter = max(1, len(samples) // 4)
    early, late = statistics.median(samples[:quarter]), statistics.median(samples[-quarter:])
    result = {
        "connections": len(connections),
        "lost": crowd.lost,
        "reasons": crowd.reasons,
        "pings_answered": crowd.pings,
        "rss_empty_mb": round(empty / 1e6, 1),
        "rss_settled_mb": round(settled / 1e6, 1),
        "rss_peak_mb": round(max(samples) / 1e6, 1),
        "rss_per_connection_kb": round((settled - empty) / max(1, len(connections)) / 1000, 2),
        "growth_after_ramp_kb": round((late - early) / 1000),
        "idle_cpu_percent": round(100 * used / args.seconds, 2),
        "ramp_per_s": round(len(connections) / ramp),
    }
    print(json.dumps(result, indent=2))
    grew = late - early > args.allowed_growth_mb * 1e6
    return 0 if len(connections) == args.connections and crowd.lost == 0 and not grew else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pid", type=int, required=True, help="process id of the node")
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--settle", type=float, default=5, help="seconds between the ramp and the first sample")
    parser.add_argument("--concurrency", type=int, default=100, help="connections being opened at a time")
    parser.add_argument("--room-size", type=int, default=100)
    parser.add_argument("--allowed-growth-mb", type=float, default=2)
    args = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < args.connections + 100:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, args.connections + 1000), hard))
    sys.exit(asyncio.run(soak(args)))


if __name__ == "__main__":
    main()
