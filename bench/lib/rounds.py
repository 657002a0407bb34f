"""The interleaved rounds: every server does every cell once in each, in an order that is shuffled anew."""

import random
import time

import cells
import machine
import measuring
import servers as kinds


class Plan:
    """What one run of bench/run is to do."""

    def __init__(self, records, servers, chosen, rounds, duration, warmup, seed):
        self.records, self.servers, self.cells = records, servers, chosen
        self.rounds, self.duration, self.warmup, self.seed = rounds, duration, warmup, seed
        self.certificate = measuring.Certificate() if any(c.tls for c in chosen) else None
        self.count = self.total = self.measured = 0
        self.seconds_spent = 0.0

    def seconds(self, cell):
        return measuring.Seconds(self.warmup, cell.seconds or self.duration * cell.duration)

    def order(self, round_):
        """Pairs of cell and server. Cells that need another's result come last."""
        dice = random.Random(f"{self.seed}/{round_}")
        shuffled = dice.sample(self.cells, len(self.cells))
        shuffled.sort(key=lambda cell: cell.group in cells.OPEN_LOOP_GROUPS)
        for cell in shuffled:
            able = [server for server in self.servers if cell.takes(server.name)]
            for server in dice.sample(able, len(able)):
                yield cell, server

    def run(self):
        self.total = sum(1 for r in range(1, self.rounds + 1) for _ in self.order(r))
        for round_ in range(1, self.rounds + 1):
            for cell, server in self.order(round_):
                self.count += 1
                self.one(round_, cell, server)

    def one(self, round_, cell, server):
        rate = None
        if cell.group in cells.OPEN_LOOP_GROUPS:
            rate = self.rate(round_, cell)
            if rate is None:
                print(f"round {round_}: {cell.name} is left out: the peer's own rate could not be measured", flush=True)
                return
        figures = self.measure(round_, cell, server, rate)
        limited = (figures.get("generator_share") or 0) > measuring.GENERATOR_LIMIT
        if limited and rate is None and measuring.halves(cell) and cell.group in ("fanout", "across", "echo"):
            self.measure(round_, cell, server, generators=2)

    def measure(self, round_, cell, server, rate=None, generators=1):
        if self.records.done(round_, cell.name, server.name, generators):
            return self.records.find(round=round_, cell=cell.name, server=server.name, generators=generators)[-1]
        begun = time.monotonic()
        figures = measuring.measure(server, cell, self.seconds(cell), rate, self.certificate, generators)
        self.seconds_spent += time.monotonic() - begun
        self.measured += 1
        record = {"round": round_, "cell": cell.name, "server": server.name, "generators": generators, "rate": rate, "at": int(time.time()), **figures}
        self.records.add(record)
        self.tell(record)
        return record

    def rate(self, round_, cell):
        """Messages per second that are half of what the peer delivered at most in rooms of this size."""
        server, names = cells.saturating(cell)
        reached = [r["deliveries_per_s"] for n in names for r in self.records.find(round=round_, cell=n, server=server) if r.get("deliveries_per_s")]
        if not reached:
            reached = [self.measure(round_, cells.BY_NAME[names[len(names) // 2]], kinds.BY_NAME[server]).get("deliveries_per_s")]
        return max(reached) / 2 / cell.members if all(reached) else None

    def tell(self, r):
        if "error" in r:
            text = "failed: " + r["error"].splitlines()[0][:120]
        else:
            parts = [
                ("{:.0f}/s", r.get("deliveries_per_s") or None),
                ("{:.1f} CPU s per million", r.get("cpu_s_per_million")),
                ("p99 {:.2f} ms", r.get("p99_ms") or None),
                ("generator {:.0%}", r.get("generator_share")),
                ("{:.0f} connects/s", r.get("ramp_per_s") if r["cell"].startswith("ramp") else None),
                ("{:.1f} KB each", r.get("rss_kb_per_connection") if r["cell"].startswith("idle") else None),
            ]
            text = ", ".join(form.format(value) for form, value in parts if value is not None) + ("" if r["ok"] else ", NOT CLEAN")
        twice = " (two generators)" if r["generators"] == 2 else ""
        left = (self.total - self.count) * self.seconds_spent / self.measured / 60
        print(f"round {r['round']}, {self.count} of {self.total}, {left:.0f} min left: {r['cell']}{twice} {r['server']}: {text}", flush=True)


def meta(plan, able, missing):
    """The head of what is recorded."""
    return {
        **machine.describe(),
        "rounds": plan.rounds,
        "duration_s": plan.duration,
        "warmup_s": plan.warmup,
        "seed": plan.seed,
        "second_generator_cpu": machine.second_generator_cpu(),
        "servers": {s.name: s.version() for s in able},
        "missing": missing,
    }
