"""The raw results: one JSON object per line. Lines are only ever added, so a run can be gone on with."""

import json
from pathlib import Path


def compact(record):
    """Without what is not known, and no more digits than a measurement has."""
    out = {key: value for key, value in record.items() if value is not None and value != ""}
    return {key: float(f"{value:.6g}") if isinstance(value, float) else value for key, value in out.items()}


class Records:
    """`raw.jsonl`: lines with `meta` describe the machine and what was asked for, the others are measurements."""

    def __init__(self, path):
        self.path = Path(path)
        self.metas, self.all = [], []
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                self.take(json.loads(line))

    def take(self, record):
        if "meta" in record:
            self.metas.append(record["meta"])
        else:
            self.all.append(record)

    def add(self, record):
        record = compact(record)
        self.take(record)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as f:
            f.write(json.dumps(record) + "\n")

    def find(self, **wanted):
        """Measurements with these values; `generators` is 1 unless it is given."""
        wanted.setdefault("generators", 1)
        return [r for r in self.all if all(r.get(key) == value for key, value in wanted.items())]

    def done(self, round_, cell, server, generators=1):
        return any("error" not in r for r in self.find(round=round_, cell=cell, server=server, generators=generators))
