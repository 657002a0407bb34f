"""The report's plots, as small SVG files that stay the same as long as the figures do."""

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from matplotlib.ticker import StrMethodFormatter

import cells
from verdict import CPU, RATE, shape_text, shapes

matplotlib.rcParams.update({
    "svg.fonttype": "none", "svg.hashsalt": "troupe", "font.family": "sans-serif", "font.size": 9, "figure.facecolor": "white",
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#dddddd",
})  # fmt: skip
COLORS = {
    "troupe": "#c0392b", "ws": "#2f6f4f", "eiows": "#5fa37f", "redis2": "#3b6ea5", "cluster2": "#8db4d9", "floor": "#8a8a8a",
    "history": "#d9796f", "recovery": "#7d241b", "stored": "#c98d2b", "stored_history": "#dfb672", "stored_recovery": "#7f5716",
}  # fmt: skip


def save(figure, directory, name):
    directory.mkdir(parents=True, exist_ok=True)
    figure.savefig(directory / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)
    return name


def bars(summary, directory, name, title, names, labels, figure, scale=1.0, log=False):
    """Groups of bars, one for each cell, with whiskers from the lowest round to the highest. None without figures."""
    able = [s for s in summary.servers if any(summary.spread(n, s.name, figure) for n in names)]
    if not able:
        return None
    drawing, axes = plt.subplots(figsize=(max(4.5, 1.25 * len(names) + 1.5), 3.2))
    width = 0.84 / len(able)
    for i, server in enumerate(able):
        for j, cell in enumerate(names):
            s = summary.spread(cell, server.name, figure)
            if not s:
                continue
            median = s.median * scale
            whisker = [[median - s.low * scale], [s.high * scale - median]]
            axes.bar(
                j + (i - (len(able) - 1) / 2) * width, median, width * 0.92, color=COLORS[server.name], label=server.label if j == 0 else None,
                yerr=whisker if s.count > 1 else None, error_kw={"elinewidth": 0.7, "ecolor": "#333333"},
            )  # fmt: skip
    if log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.yaxis.set_minor_formatter(StrMethodFormatter("{x:g}"))
    else:
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.set_xticks(range(len(names)), labels)
    axes.set_title(title, fontsize=10, loc="left")
    handles = [plt.Rectangle((0, 0), 1, 1, color=COLORS[s.name]) for s in able]
    axes.legend(handles, [s.label for s in able], frameon=False, ncols=len(able) if len(names) > 3 else 3, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    return save(drawing, directory, name)


def fanout(summary, directory):
    labels = [shape_text(*shape).replace(" members, ", "\n") for shape in shapes()]
    for k in cells.IN_FLIGHT:
        names = [cells.fanout_name(*shape, k) for shape in shapes()]
        flight = "one message" if k == 1 else f"{k} messages"
        yield bars(summary, directory, f"cpu-{k}", f"Server CPU-seconds per million deliveries, {flight} in flight per room, by members and payload", names, labels, CPU)
    yield bars(summary, directory, "throughput", "Thousands of deliveries per second, 16 messages in flight per room, by members and payload", names, labels, RATE, 1e-3)


def others(summary, directory):
    def names(group):
        return [c.name for c in cells.ALL if c.group == group]

    sizes = [f"{size:,} members" for size in cells.SIZES]
    yield bars(summary, directory, "latency", "p99 latency in ms at half of Node's saturation (logarithmic)", names("latency"), sizes, "p99_ms", log=True)
    yield bars(summary, directory, "echo", "Echo: server CPU-seconds per million replies", names("echo"), ["1 connection", "100", "1,000"], CPU)
    yield bars(summary, directory, "ramp", "Connections per second", names("ramp") + names("ramp-tls"), ["10,000 connections", "with TLS"], "ramp_per_s")
    yield bars(summary, directory, "memory", "KB of RSS per idle joined connection", names("idle"), ["10,000 connections"], "rss_kb_per_connection")


def flatness(summary, directory):
    groups = {"members": ("members of a room, 10,000 connections", cells.MEMBERS_FLAT), "connections": ("connections in rooms of 100", cells.CONNECTIONS_FLAT)}
    drawing, both = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
    drawn = False
    for axes, (group, (title, values)) in zip(both, groups.items()):
        for server in summary.servers:
            points = [(v, s) for v in values if (s := summary.spread(f"{group}/{v}", server.name, CPU))]
            if points:
                drawn = True
                x, y = [v for v, _ in points], [s.median for _, s in points]
                axes.plot(x, y, marker="o", markersize=4, color=COLORS[server.name], label=server.label)
                axes.fill_between(x, [s.low for _, s in points], [s.high for _, s in points], color=COLORS[server.name], alpha=0.15, linewidth=0)
        axes.set_xscale("log" if group == "members" else "linear")
        axes.set_xticks(values, [f"{v:,}" for v in values])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_xlabel(title)
    if not drawn:
        plt.close(drawing)
        return None
    both[0].set_title("Server CPU-seconds per million deliveries", fontsize=10, loc="left")
    both[0].legend(frameon=False, fontsize=8)
    return save(drawing, directory, "flatness")


def draw_all(summary, directory):
    """Returns the names of what could be drawn."""
    drawn = [*fanout(summary, directory), *others(summary, directory), flatness(summary, directory)]
    return {name for name in drawn if name}
