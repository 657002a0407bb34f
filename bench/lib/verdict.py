"""The targets of delivery, each held against the figures."""

from dataclasses import dataclass

import cells

# uWebSockets and the floor, CPU-seconds per million, as measured once on such a machine: (size, payload) -> both.
UWS = {
    (10, "100B"): (7.7, 6.7), (10, "1KB"): (7.3, 6.5),
    (100, "100B"): (6.9, 4.8), (100, "1KB"): (6.1, 7.1),
    (1000, "100B"): (5.1, 5.7), (1000, "1KB"): (6.3, 4.5),
    (10_000, "100B"): (5.3, 6.5), (10_000, "1KB"): (5.8, 6.8),
}  # fmt: skip
CPU, RATE = "cpu_s_per_million", "deliveries_per_s"
FLAT = 1.15


@dataclass(frozen=True)
class Line:
    what: str
    where: str
    target: str
    value: float
    unit: str
    met: bool


def shapes():
    return [(size, payload) for size in cells.SIZES for payload in cells.PAYLOADS]


def shape_text(size, payload):
    return f"{size:,} members, {payload.replace('B', ' B').replace('K B', ' KB')}"


class Verdict:
    """Collects lines; what was not measured is left out."""

    def __init__(self, summary):
        self.summary = summary
        self.lines = []
        self.fanout()
        self.throughput()
        self.latency()
        self.across()
        self.echo()
        self.connections()
        self.flatness()
        self.correctness()

    def at_most(self, what, where, limit, value, unit=""):
        if value is not None:
            self.lines.append(Line(what, where, f"≤ {limit:g}{unit}", value, unit, value <= limit))

    def at_least(self, what, where, limit, value, unit=""):
        if value is not None:
            self.lines.append(Line(what, where, f"≥ {limit:g}{unit}", value, unit, value >= limit))

    def fanout(self):
        ratio = self.summary.ratio
        for in_flight, floor, node in ((1, 1.15, 0.5), (16, 0.5, 0.25)):
            for size, payload in shapes():
                cell = cells.fanout_name(size, payload, in_flight)
                what = f"CPU per delivery, {in_flight} in flight"
                self.at_most(f"{what}, by the floor's", shape_text(size, payload), floor, ratio(cell, CPU, "troupe", "floor"))
                self.at_most(f"{what}, by Node's", shape_text(size, payload), node, ratio(cell, CPU, "troupe", "ws"))
        for size, payload in shapes():
            self.at_most("CPU per delivery, 16 in flight, by uWebSockets'", shape_text(size, payload), 0.6, self.by_uws(size, payload))

    def by_uws(self, size, payload):
        """uWebSockets was measured in another run; the floor of both runs gives the scale."""
        uws, floor_then = UWS[size, payload]
        floor_now = self.summary.median(cells.fanout_name(size, payload, 16 if size == 10 else 4), "floor", CPU)
        ours = self.summary.median(cells.fanout_name(size, payload, 16), "troupe", CPU)
        return ours / (uws * floor_now / floor_then) if ours is not None and floor_now else None

    def throughput(self):
        for size, payload in shapes():
            names = [cells.fanout_name(size, payload, k) for k in cells.IN_FLIGHT]
            ours, nodes = (max((v for n in names if (v := self.summary.best_throughput(n, s)) is not None), default=None) for s in ("troupe", "ws"))
            if ours and nodes:
                self.at_least("Deliveries per second at saturation, by Node's", shape_text(size, payload), 4, ours / nodes)

    def latency(self):
        for size in cells.SIZES:
            other, name, limit = ("ws", "Node's", 0.25) if size <= 100 else ("floor", "the floor's", 1.25)
            value = self.summary.ratio(f"latency/{size}", "p99_ms", "troupe", other)
            self.at_most(f"p99 at half of Node's saturation, by {name}", f"{size:,} members", limit, value)

    def across(self):
        for size in cells.ACROSS_SIZES:
            for k in (1, 16):
                value = self.summary.ratio(cells.across_name(size, k), CPU, "troupe2", "redis2")
                self.at_most(f"Two nodes: CPU per delivery with Redis', {k} in flight, by two Nodes'", f"{size:,} members", round(1 / 3, 3), value)
            value = self.summary.ratio(f"across-latency/{size}", "p99_ms", "troupe2", "redis2")
            self.at_most("Two nodes: p99 at half of two Nodes' saturation, by theirs", f"{size:,} members", 0.5, value)

    def echo(self):
        for connections in (1, 100, 1000):
            for other, name, limit in (("ws", "Node's", 1 / 3), ("floor", "the floor's", 1.7)):
                value = self.summary.ratio(f"echo/{connections}", CPU, "troupe", other)
                self.at_most(f"Echo: CPU per reply, by {name}", f"{connections:,} connections", round(limit, 3), value)

    def connections(self):
        where = f"{cells.RAMP:,} connections"
        self.at_least("Ramp: connections per second, by Node's", where, 5, self.summary.ratio(f"ramp/{cells.RAMP}", "ramp_per_s", "troupe", "ws"))
        for group, name in (("ramp", ""), ("ramp-tls", ", TLS")):
            runs = [r for r in self.summary.records.find(cell=f"{group}/{cells.RAMP}", server="troupe") if "error" not in r]
            missed = sum(r["connections_wanted"] - r["connections_established"] for r in runs)
            self.at_most("Ramp: handshakes refused or timed out", where + name, 0, missed if runs else None)
        idle = f"idle/{cells.RAMP}"
        self.at_most("Memory of an idle joined connection", where, 6, self.summary.median(idle, "troupe", "rss_kb_per_connection"), " KB")
        share = self.summary.median(idle, "troupe", "server_share")
        self.at_most("CPU of an idle node", where, 3, None if share is None else 100 * share, " %")

    def flatness(self):
        for group, what in (("members", "members of a room"), ("connections", "connections")):
            names = [c.name for c in cells.ALL if c.group == group]
            values = [v for n in names if (v := self.summary.median(n, "troupe", CPU)) is not None]
            if len(values) == len(names):
                self.at_most("CPU per delivery, highest by lowest", f"over {what}", FLAT, max(values) / min(values))

    def correctness(self):
        runs = [r for r in self.summary.records.all if r["server"] in ("troupe", "troupe2") and "error" not in r]
        if runs:
            faults = sum(r.get(key) or 0 for r in runs for key in ("lost", "doubled", "reordered", "order_differs"))
            self.at_most("Messages lost, doubled or reordered", f"all {len(runs)} runs", 0, faults)
