"""Medians and ranges of what was measured."""

import statistics
from dataclasses import dataclass

import servers


@dataclass(frozen=True)
class Spread:
    low: float
    median: float
    high: float
    count: int


def spread(values):
    return Spread(min(values), statistics.median(values), max(values), len(values)) if values else None


def merged(metas):
    """What a run was gone on with may have been asked of fewer servers than before."""
    known = {name: text for meta in metas for name, text in meta.get("servers", {}).items()}
    missing = {name: why for meta in metas for name, why in meta.get("missing", {}).items() if name not in known}
    return {"servers": known, "missing": missing}


class Summary:
    """Answers by cell, server and figure."""

    def __init__(self, records):
        self.records = records
        self.meta = {**records.metas[-1], **merged(records.metas)} if records.metas else {}
        measured = {r["server"] for r in records.all}
        self.servers = [s for s in servers.BY_NAME.values() if s.name in measured]

    def spread(self, cell, server, figure, generators=1):
        """Over the rounds; None when nothing was measured."""
        runs = self.records.find(cell=cell, server=server, generators=generators)
        return spread([r[figure] for r in runs if r.get(figure) is not None and "error" not in r])

    def median(self, cell, server, figure, generators=1):
        found = self.spread(cell, server, figure, generators)
        return found.median if found else None

    def ratio(self, cell, figure, server, other):
        """Of medians: `server` by `other`; None when one is missing."""
        a, b = self.median(cell, server, figure), self.median(cell, other, figure)
        return a / b if a is not None and b else None

    def measured(self, cells):
        """Those of the cells that there is any result for."""
        names = {r["cell"] for r in self.records.all}
        return [cell for cell in cells if cell.name in names]

    def best_throughput(self, cell, server):
        """Median deliveries per second: with two generators where one was the limit and they reached more."""
        found = [self.median(cell, server, "deliveries_per_s", n) for n in (1, 2)]
        return max((v for v in found if v is not None), default=None)
