"""A matplotlib figure as plain data: what is drawn in it, what is written on it, how it is read.

A series is a line, a row of bars, an area or steps. Nothing is looked at as pixels.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

FEWEST = 4
"""Points of a series; fewer are a line across, or a mark."""


def read_figure(answer) -> dict:
    """The figure that an Axes, a Figure or anything drawn in one belongs to.

    `{"none": type}` for anything else.
    """
    figure = _figure(answer)
    if figure is None:
        return {"none": type(answer).__name__}
    before = figure.canvas
    try:
        return _read(figure)
    finally:
        figure.set_canvas(before)


def _figure(answer):
    if hasattr(answer, "ravel"):  # an array of Axes
        answer = list(answer.ravel())
    if isinstance(answer, Sequence):
        answer = answer[0] if len(answer) and not isinstance(answer, str) else None
    while answer is not None and not hasattr(answer, "savefig"):
        answer = getattr(answer, "figure", None)
    is_module = isinstance(answer, type(math))
    return None if answer is None or is_module else answer


def _read(figure) -> dict:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    axes = [each for each in figure.axes if each.get_visible()]
    titles = [figure.get_suptitle()]
    titles += [each.get_title(loc) for each in axes for loc in ("center", "left", "right")]
    legends = [each.get_legend() for each in axes] + list(figure.legends)
    names = [text.get_text() for one in legends if one for text in one.get_texts()]
    return {
        "series": _named(
            [{"axes": place, **one} for place, each in enumerate(axes) for one in _series(each)],
            names,
        ),
        "title": _written(titles),
        "x": _written([figure.get_supxlabel(), *(each.get_xlabel() for each in axes)]),
        "y": _written([figure.get_supylabel(), *(each.get_ylabel() for each in axes)]),
        "legend": names,
        "texts": [text.get_text() for each in axes for text in each.texts],
        "panels": [each.get_title() for each in axes],
        "ticks": _ticks(axes, canvas.get_renderer()),
    }


def _named(series: list[dict], names: list[str]) -> list[dict]:
    """With the legend's names, where the series have none of their own: it gives them in order."""
    if len(series) != len(names) or any(one["label"] for one in series):
        return series
    return [one | {"label": name} for one, name in zip(series, names, strict=True)]


def _written(texts: list[str]) -> str:
    return " ".join(text.strip() for text in texts if text.strip())


def _series(axes) -> list[dict]:
    found = [_line(line) for line in axes.lines]
    found += [_bars(bars) for bars in axes.containers if _has_heights(bars)]
    found += [_area(each) for each in axes.collections if hasattr(each, "get_paths")]
    found += [_steps(each) for each in axes.patches if hasattr(each, "get_data")]
    return [one for one in found if len(one["y"]) >= FEWEST]


def _line(line) -> dict:
    look = _look(line, line.get_color(), f"{line.get_linestyle()} {line.get_marker()}")
    return _one(line, "line", line.get_xdata(orig=False), line.get_ydata(orig=False), look)


def _has_heights(bars) -> bool:
    patches = getattr(bars, "patches", None)
    return bool(patches) and hasattr(patches[0], "get_height")


def _bars(bars) -> dict:
    """Heights, so that stacked bars read as unstacked ones do."""
    first = bars.patches[0]
    xs = [patch.get_x() + patch.get_width() / 2 for patch in bars.patches]
    heights = [patch.get_height() for patch in bars.patches]
    return _one(bars, "bars", xs, heights, _look(first, first.get_facecolor(), first.get_hatch()))


def _area(area) -> dict:
    """The height of a filled area at each of its places; for dots, where they are."""
    offsets = area.get_offsets()
    if len(offsets) > 1:
        shape = area.get_paths()[0].vertices.tolist()
        look = _look(area, area.get_facecolor(), shape)
        return _one(area, "dots", offsets[:, 0], offsets[:, 1], look)
    ends: dict[float, list[float]] = {}
    for path in area.get_paths()[:1]:
        for x, y in path.vertices:
            ends.setdefault(float(x), []).append(float(y))
    xs, look = sorted(ends), _look(area, area.get_facecolor(), area.get_hatch())
    return _one(area, "area", xs, [max(ends[x]) - min(ends[x]) for x in xs], look)


def _steps(step) -> dict:
    values, edges, _ = step.get_data()
    look = _look(step, step.get_edgecolor(), f"{step.get_linestyle()} {step.get_hatch()}")
    return _one(step, "steps", edges[:-1], values, look)


def _one(artist, kind: str, xs, ys, look: dict) -> dict:
    label = str(artist.get_label() or "")
    label = "" if label.startswith("_") else label
    return {"kind": kind, "label": label, "x": _floats(xs), "y": _floats(ys), **look}


def _floats(values) -> list[float]:
    return [0.0 if math.isnan(value) else value for value in map(float, values)]


def _look(artist, colour, pattern) -> dict:
    """What tells a series from others on a grey print: how light it is, its pattern, its width."""
    width = artist.get_linewidth()
    width = float(width[0]) if hasattr(width, "__len__") else float(width)
    return {"tone": _tone(colour), "pattern": str(pattern or ""), "width": width}


def _tone(colour) -> float:
    """How light a colour is on white paper, from 0, black, to 1."""
    from matplotlib.colors import to_rgba_array

    colours = to_rgba_array(colour)
    if not len(colours):
        return 1.0
    red, green, blue, opacity = map(float, colours[0])
    return 1 - opacity * (1 - (0.299 * red + 0.587 * green + 0.114 * blue))


def _ticks(axes: list, renderer) -> dict:
    """How many labels x and y have where they have most, and whether neighbours overlap on any."""
    along = ([_labels(each.xaxis) for each in axes], [_labels(each.yaxis) for each in axes])
    counts = [max(map(len, rows), default=0) for rows in along]
    neighbours = [pair for rows in along for row in rows for pair in pairwise(row)]
    return {
        "least": min(counts),
        "most": max(counts),
        "overlap": any(_overlap(*pair, renderer) for pair in neighbours),
    }


def _labels(axis) -> list:
    """The tick labels that are shown, in their order along the axis."""
    if not axis.get_visible():
        return []
    along = 0 if axis.axis_name == "x" else 1
    low, high = sorted(axis.get_view_interval())
    shown = [
        label
        for label in axis.get_ticklabels(which="both")
        if label.get_visible()
        and label.get_text().strip()
        and low <= label.get_position()[along] <= high
    ]
    return sorted(shown, key=lambda label: label.get_position()[along])


def _overlap(first, second, renderer) -> bool:
    boxes = [label.get_window_extent(renderer) for label in (first, second)]
    if first.get_rotation() % 90:  # slanted lines lie beside each other while their boxes overlap
        gap = abs(boxes[0].x1 - boxes[1].x1)
        return gap < renderer.points_to_pixels(first.get_fontsize())
    return boxes[0].overlaps(boxes[1])
