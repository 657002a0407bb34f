"""Markdown."""


def number(value, digits=None):
    """Three significant digits, with thousands separated."""
    if value is None:
        return ""
    if digits is None:
        digits = 0 if abs(value) >= 100 or value == 0 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def ranged(spread, scale=1.0):
    """`median (min–max)`; the median alone when there was one round."""
    if spread is None:
        return "–"
    if spread.count == 1:
        return number(spread.median * scale)
    return f"{number(spread.median * scale)} ({number(spread.low * scale)}–{number(spread.high * scale)})"


def times(ratio):
    return "–" if ratio is None else f"{ratio:.2f}"


def table(heads, rows, right_from=1):
    """Columns from `right_from` on stand to the right."""
    marks = ["---" if i < right_from else "---:" for i in range(len(heads))]
    lines = [heads, marks, *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"
