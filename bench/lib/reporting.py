"""Writes report.md and its plots from the raw records."""

import statistics

import cells
import plots
from measuring import GENERATOR_LIMIT
from summary import Summary
from tables import number, ranged, table, times
from verdict import CPU, RATE, Verdict


def write_report(records, directory):
    summary = Summary(records)
    pictures = plots.draw_all(summary, directory)
    parts = [head(summary), verdict(summary), *sections(summary, pictures), second_generators(summary), shares(summary), faults(summary)]
    path = directory / "report.md"
    path.write_text("\n".join(part for part in parts if part))
    return path


def head(summary):
    m = summary.meta
    each = [max(r["round"] for r in summary.records.find(cell=name)) for name in {r["cell"] for r in summary.records.all if r["generators"] == 1}]
    most, least = max(each, default=0), min(each, default=0)
    rounds = f"{most} interleaved rounds{f' ({least} to {most}, by cell)' if least < most else ''}" if most > 1 else "1 round"
    lines = [
        f"# Troupe beside its peers, {m['date']}\n",
        f"{m['cpu']}, {m['cores']} cores, {m['memory_gib']} GiB; {m['system']}, kernel {m['kernel']}. Troupe at commit `{m['troupe']}`.\n",
        f"Written by `bench/run` from `raw.jsonl`: {rounds}, "
        f"{m['warmup_s']:g} s of warm-up and {m['duration_s']:g} s measured per cell (latency twice that, idle 25 s). Servers on one core, all "
        "their processes and Redis together; the generator on another. Figures are medians, with the lowest and the highest round "
        "in brackets; ratios are ratios of medians. [bench/README.md](../../../bench/README.md) says what each cell is.\n",
        table(["server", "what it is"], [[s.label, m["servers"].get(s.name, "")] for s in summary.servers], 2),
    ]
    lines += [machine_was(summary)]
    lines += [f"Not measured: {name}, because {why}.\n" for name, why in m["missing"].items()]
    return "\n".join(lines)


def machine_was(summary):
    shares = [100 * r["others_share"] for r in summary.records.all if "others_share" in r]
    if not shares:
        return ""
    middle, most = statistics.median(shares), max(shares)
    warning = " **The machine was busy with other things: take these figures for a trial.**" if middle > 3 else ""
    return f"Other programs used {middle:.1f} % of the cores in use (median; at most {most:.0f} %).{warning}\n"


def verdict(summary):
    lines = Verdict(summary).lines
    if not lines:
        return ""
    rows = [[l.what, l.where, l.target, f"{l.value:.3g}{l.unit}", "yes" if l.met else "**no**"] for l in lines]
    met = sum(l.met for l in lines)
    return f"## Targets\n\n{met} of {len(lines)} are met.\n\n" + table(["what", "where", "target", "measured", "met"], rows, 2)


def grid(summary, chosen, figure, scale=1.0, mark_limited=False, title="cell", ratios=True):
    """Cells down, servers across, and Troupe's ratios."""
    chosen = summary.measured(chosen)
    if not chosen:
        return ""
    asked = [s for s in summary.servers if any(cell.takes(s.name) for cell in chosen)]
    ours = "troupe2" if any(s.name == "troupe2" for s in asked) else "troupe"
    others = [s for s in asked if s.name in (("redis2",) if ours == "troupe2" else ("ws", "floor")) and ratios]
    heads = [title, *(s.label for s in asked), *(f"Troupe : {s.label}" for s in others)]
    rows = []
    for cell in chosen:
        row = [cell.name.partition("/")[2].replace("/", ", ") + (", TLS" if cell.tls else "")]
        for server in asked:
            share = summary.median(cell.name, server.name, "generator_share") or 0
            mark = " †" if mark_limited and share > GENERATOR_LIMIT else ""
            row.append(ranged(summary.spread(cell.name, server.name, figure), scale) + mark)
        rows.append(row + [times(summary.ratio(cell.name, figure, ours, s.name)) for s in others])
    return table(heads, rows)


def section(title, text, *parts):
    parts = [part for part in parts if part]
    return "\n".join([f"## {title}\n", text + "\n", *parts]) if any("|" in part for part in parts) else ""


def group(name):
    return [cell for cell in cells.ALL if cell.group == name]


def sections(summary, pictures):
    def picture(name):
        return f"![{name}]({name}.svg)\n" if name in pictures else ""

    fanout = group("fanout")
    yield section(
        "Fan-out: CPU", "CPU-seconds of the server per million deliveries. A cell is: members of a room, payload, messages in flight per room.",
        *(picture(f"cpu-{k}") for k in cells.IN_FLIGHT), grid(summary, fanout, CPU, title="members, payload, in flight"),
    )  # fmt: skip
    yield section(
        "Fan-out: throughput", "Thousands of deliveries per second, closed loop. † The generator used more than 90 % of its core and may be the limit.",
        picture("throughput"), grid(summary, fanout, RATE, 1e-3, True, title="members, payload, in flight"),
    )  # fmt: skip
    yield section(
        "Latency", f"Milliseconds from the intended send time to each delivery, 100 B, open loop at half of what Node with ws reached in the same round ({rates(summary)}).",
        picture("latency"), "p99:\n", grid(summary, group("latency"), "p99_ms", title="members"), "p50:\n", grid(summary, group("latency"), "p50_ms", title="members"),
    )  # fmt: skip
    yield section(
        "Across two nodes",
        "Members of a room on two nodes, a publisher on each, 100 B. CPU-seconds of both nodes and their Redis per million deliveries, thousands of deliveries per second, "
        "p99 in milliseconds at half of what two Nodes reached in the same round, and members that saw a room in another order than others.",
        grid(summary, group("across"), CPU, title="members, in flight"), grid(summary, group("across"), RATE, 1e-3, True, title="members, in flight"),
        grid(summary, group("across-latency"), "p99_ms", title="members"), grid(summary, group("across"), "order_differs", title="members, in flight", ratios=False),
    )  # fmt: skip
    yield section(
        "Echo", "One request in flight per connection, 100 B. CPU-seconds of the server per million replies, then thousands of replies per second.",
        picture("echo"), grid(summary, group("echo"), CPU, title="connections"), grid(summary, group("echo"), RATE, 1e-3, True, title="connections"),
    )  # fmt: skip
    yield section(
        "Ramp", "Connections per second, each with WebSocket handshake, CONNECT and an acknowledged join; as fast as the server takes them, 256 at a time.",
        picture("ramp"), grid(summary, group("ramp") + group("ramp-tls"), "ramp_per_s", mark_limited=True, title="connections"),
    )  # fmt: skip
    yield section(
        "Idle connections", "KB (1,000 bytes) of RSS per joined connection, all processes together, above what the empty server takes; then CPU in percent of a core.",
        picture("memory"), grid(summary, group("idle"), "rss_kb_per_connection", title="connections"), grid(summary, group("idle"), "server_share", 100, title="connections"),
    )  # fmt: skip
    yield section(
        "Cost as work grows", "CPU-seconds per million deliveries, 100 B, one message in flight per room. First 10,000 connections in rooms of different sizes; then rooms of 100 and more and more of them.",
        picture("flatness"), grid(summary, group("members"), CPU, title="members"), grid(summary, group("connections"), CPU, title="connections"),
    )  # fmt: skip


def rates(summary):
    found = []
    for cell in summary.measured(group("latency")):
        rate = summary.median(cell.name, "ws", "rate") or summary.median(cell.name, "troupe", "rate")
        found.append(f"{number(rate)} messages/s in rooms of {cell.members:,}")
    return "; ".join(found)


def second_generators(summary):
    rows = []
    for cell in summary.measured(cells.ALL):
        for server in summary.servers:
            twice = summary.spread(cell.name, server.name, RATE, 2)
            if twice:
                once = summary.spread(cell.name, server.name, RATE)
                shares = [summary.median(cell.name, server.name, "server_share", n) for n in (1, 2)]
                rows.append([cell.name, server.label, ranged(once, 1e-3), ranged(twice, 1e-3), *(number(100 * s) if s is not None else "–" for s in shares)])
    if not rows:
        return ""
    cpu = summary.meta["second_generator_cpu"]
    where = "beside the server on core 0, because there are only two" if cpu == 0 else f"on core {cpu}"
    return (
        "## With a second generator\n\nWhere one generator used more than 90 % of its core, the cell was repeated with two processes, each with half of the "
        f"rooms (one room: two of half the size); the second ran {where}. Thousands of deliveries per second, and the server's share of a core in percent.\n\n"
    ) + table(["cell", "server", "one generator", "two", "server's share, one", "two"], rows, 2)


def shares(summary):
    rows = []
    for cell in summary.measured(cells.ALL):
        values = [summary.median(cell.name, s.name, "generator_share") for s in summary.servers]
        if any(v is not None for v in values):
            rows.append([cell.name, *("–" if v is None else f"{100 * v:.0f}{' †' if v > GENERATOR_LIMIT else ''}" for v in values)])
    if not rows:
        return ""
    return "## The generator's share\n\nPercent of its core, medians.\n\n" + table(["cell", *(s.label for s in summary.servers)], rows)


def faults(summary):
    kinds = ("lost", "doubled", "reordered", "order_differs", "refused", "connections_lost", "connections_failed", "connections_timed_out", "connections_refused")
    rows, failures = [], []
    for server in summary.servers:
        runs = [r for r in summary.records.all if r["server"] == server.name]
        good = [r for r in runs if "error" not in r]
        rows.append([server.label, len(good), number(sum(r.get("deliveries") or 0 for r in good) / 1e6), *(f"{sum(r.get(kind) or 0 for r in good):,}" for kind in kinds)])
        failures += [f"- round {r['round']}, {r['cell']}, {server.label}: {r['error'].splitlines()[0]}" for r in runs if "error" in r]
    heads = ["server", "runs", "million deliveries", "lost", "doubled", "reordered", "order differs between members", "events refused", "connections lost", "failed", "timed out", "refused"]
    text = "## Correctness\n\nWhat the generator found over all runs.\n\n" + table(heads, rows)
    return text + ("\nRuns that failed:\n\n" + "\n".join(failures) + "\n" if failures else "")
