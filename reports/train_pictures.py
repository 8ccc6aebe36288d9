"""The pictures of a model's report, drawn without a network."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

Facts = Mapping[str, Any]
SCALE = 2
"""Pixels per point."""
SHOWN_FEATURES = 12


def draw_pictures(report: Facts) -> dict[str, bytes]:
    """File name -> PNG, of errors, calibration, importance and slices."""
    return {
        "errors.png": _errors(report),
        "calibration.png": _calibration(report),
        "importance.png": _importance(report),
        "slices.png": _slices(report),
    }


def _errors(report: Facts) -> bytes:
    rows = [{"what": one["name"], "points": one["mae"]} for one in report["compared"]]
    return _bars(rows, "Mean absolute error on test, points", from_zero=False)


def _importance(report: Facts) -> bytes:
    shown = report["importance"][:SHOWN_FEATURES]
    rows = [{"what": one["feature"], "points": one["points"]} for one in shown]
    title = "Growth of the error when a feature is shuffled, points"
    return _bars(
        rows,
        title,
        in_order=True,
    )


def _slices(report: Facts) -> bytes:
    rows = [
        {"what": one["slice"], "points": one["mae"]}
        for one in report["slices"]["minutes played"]
    ]
    return _bars(rows, "Mean absolute error by minutes played, points", in_order=True)


def _calibration(report: Facts) -> bytes:
    import altair

    rows = [
        {"promised": one["promised"], "percent": one[key], "what": told}
        for one in report["calibration"]
        for key, told in (("below", "below it"), ("at_or_below", "at or below it"))
    ]
    chart = altair.Chart(_data(rows), title="Scores below each quantile, percent")
    points = chart.mark_point(size=80, filled=True).encode(
        x=altair.X("promised:Q", title="promised", scale=_to_hundred()),
        y=altair.Y("percent:Q", title="found", scale=_to_hundred()),
        color=altair.Color("what:N", title=None),
    )
    return _png(points.properties(width=320, height=320))


def _data(rows: Sequence[Facts]) -> Any:
    import altair

    # It has no types of its own.
    make: Any = altair.Data
    return make(values=list(rows))


def _to_hundred() -> Any:
    import altair

    return altair.Scale(domain=[0, 100])


def _bars(
    rows: Sequence[Facts],
    title: str,
    from_zero: bool = True,
    in_order: bool = False,
) -> bytes:
    import altair

    scale = altair.Scale(zero=from_zero)
    sort: Any = None if in_order else altair.EncodingSortField("points")
    mark = altair.Chart(_data(rows), title=title)
    drawn = mark.mark_bar() if from_zero else mark.mark_point(size=90, filled=True)
    chart = drawn.encode(
        x=altair.X("points:Q", title="points", scale=scale),
        y=altair.Y(
            "what:N",
            title=None,
            sort=sort,
            axis=altair.Axis(labelLimit=320),
        ),
    )
    return _png(chart.properties(width=420))


def _png(chart: Any) -> bytes:
    buffer = io.BytesIO()
    chart.save(buffer, format="png", scale_factor=SCALE)
    return buffer.getvalue()
