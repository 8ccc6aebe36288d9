"""The report on a model: Markdown, a page that needs no network, and what the terminal shows."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from typing import Any

from core.counted import counted
from reports.markdown import table
from reports.terminal import grid
from reports.verify import say

Facts = Mapping[str, Any]
Table = tuple[str, tuple[str, ...], Sequence[tuple[str, ...]]]
"""A heading, the header and the rows."""
ERRORS = ("MAE", "RMSE", "bias")
SHOWN_FEATURES = 15
PICTURE_TITLES = {
    "errors.png": "Mean absolute error",
    "calibration.png": "Calibration",
    "importance.png": "Importance",
    "slices.png": "By minutes played",
}
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .7rem;text-align:right;"
    "border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}"
    "img{max-width:100%}"
)


def heading_lines(report: Facts) -> list[str]:
    """What was judged, and the decision with the limits that are not kept."""
    gain = report["measured"]["gain_percent"]
    lines = [
        f"Decision: {report['decision']}",
        _judged(report),
        f"Gain over the best naive figure of validation ({report['best_naive']}): {gain:.2f} % "
        f"(on validation {_percent(report['validation_gain'])}).",
    ]
    broken = [f"{one['severity']}: {one['sentence']}" for one in report["broken"]]
    return [*lines, *broken]


def _judged(report: Facts) -> str:
    """Which model on which rows."""
    model = f"{report['model_id']} ({report['default']})"
    return f"Model {model} on {_extent(report)}."


def _extent(report: Facts) -> str:
    dates = f"{report['first']}..{report['last']}"
    rows = f"{counted(report['rows'], 'row')}"
    return f"{dates}: {rows} of {report['game_days']} game days"


def report_tables(report: Facts) -> list[Table]:
    """Every table of the report."""
    tables = [_comparison_table(report), _kinds_table(report)]
    tables += [_slice_table(name, rows) for name, rows in report["slices"].items()]
    tables += [_coverage_table(report), _calibration_table(report)]
    if market := report["market"]:
        tables.append(_market_table(market))
    return [*tables, _importance_table(report)]


def _comparison_table(report: Facts) -> Table:
    header = ("on test", *ERRORS, "model less this", "95 % interval")
    rows = list(map(_compared, report["compared"]))
    return "Model and naive figures", header, rows


def _kinds_table(report: Facts) -> Table:
    rows = [(one["name"], *_errors(one)) for one in report["kinds"]]
    return "Either kind of median", ("kind", *ERRORS), rows


def report_markdown(report: Facts, pictures: Sequence[str]) -> str:
    """The report as Markdown; pictures lie beside it."""
    parts = ["# Report on a model", *heading_lines(report)]
    for title, header, rows in report_tables(report):
        parts += [f"## {title}", table(header, rows)]
    parts += [f"![{PICTURE_TITLES.get(name, name)}]({name})" for name in pictures]
    return "\n\n".join(parts) + "\n"


def report_page(report: Facts, pictures: Mapping[str, bytes]) -> str:
    """The report as one HTML page that holds its pictures; every text is escaped."""
    body = ["<h1>Report on a model</h1>"]
    body += [f"<p>{html.escape(line)}</p>" for line in heading_lines(report)]
    for title, header, rows in report_tables(report):
        body += [f"<h2>{html.escape(title)}</h2>", _html_table(header, rows)]
    for name, data in pictures.items():
        title = html.escape(PICTURE_TITLES.get(name, name), quote=True)
        source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
        body.append(f'<p><img alt="{title}" src="{source}"></p>')
    head = (
        f'<meta charset="utf-8"><title>Report on a model</title><style>{STYLE}</style>'
    )
    inside = "\n".join(body)
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{inside}\n'
        "</body></html>\n"
    )


def print_report(report: Facts, folder: str) -> None:
    """The decision and the tables that decide."""
    for line in heading_lines(report):
        say(line)
    for title, header, rows in _deciding_tables(report):
        grid(title, header, rows)
    say(f"written: {folder}: report.md, report.html, report.json and pictures")


def _deciding_tables(report: Facts) -> list[Table]:
    return [_comparison_table(report), _coverage_table(report)]


def _html_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(name)}</th>" for name in header)
    lines = [f"<tr>{head}</tr>"]
    for row in rows:
        cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    return f"<table>{''.join(lines)}</table>"


def _errors(one: Facts) -> tuple[str, str, str]:
    mae = f"{one['mae']:.4f}"
    rmse = f"{one['rmse']:.4f}"
    bias = f"{one['bias']:+.3f}"
    return mae, rmse, bias


def _interval(found: Facts | None) -> tuple[str, str]:
    """A difference and its interval; dashes where there is none."""
    if found is None:
        return "-", "-"
    return f"{found['value']:+.4f}", _bounds(found)


def _bounds(interval: Facts) -> str:
    low = f"{interval['low']:+.4f}"
    high = f"{interval['high']:+.4f}"
    return f"[{low}, {high}]"


def _percent(value: float | None) -> str:
    return "not in this set" if value is None else f"{value:.2f} %"


def _compared(one: Facts) -> tuple[str, ...]:
    return (one["name"], *_errors(one), *_interval(one.get("difference")))


def _slice_table(name: str, rows: Sequence[Facts]) -> Table:
    header = (name, "rows", "MAE", "naive", "model less naive", "interval", "covered")
    return f"By {name}", header, list(map(_slice_row, rows))


def _slice_row(row: Facts) -> tuple[str, ...]:
    return (
        row["slice"],
        f"{row['rows']:,}",
        f"{row['mae']:.3f}",
        f"{row['naive_mae']:.3f}",
        *_interval(row["difference"]),
        f"{row['coverage']:.1f} %",
    )


def _coverage_table(report: Facts) -> Table:
    header = ("minutes expected", "rows", "inside", "width in points")
    rows = list(map(_coverage_row, report["coverage"]))
    return "Intervals that promise 80 %", header, rows


def _coverage_row(one: Facts) -> tuple[str, ...]:
    return (
        one["expected"],
        f"{one['rows']:,}",
        f"{one['coverage']:.1f} %",
        f"{one['width']:.2f}",
    )


def _calibration_table(report: Facts) -> Table:
    header = ("quantile", "scores below it", "at or below it")
    rows = list(map(_calibration_row, report["calibration"]))
    return "Calibration of the quantiles as fitted", header, rows


def _calibration_row(one: Facts) -> tuple[str, ...]:
    return (
        f"{one['promised']:g} %",
        f"{one['below']:.1f} %",
        f"{one['at_or_below']:.1f} %",
    )


def _market_table(market: Facts) -> Table:
    rows = [*map(_market_row, market["errors"]), _row_of_difference(market)]
    header = ("where there is a line", "rows", *ERRORS)
    return "The market's line", header, rows


def _market_row(one: Facts) -> tuple[str, ...]:
    return (one["name"], f"{one['rows']:,}", *_errors(one))


def _row_of_difference(market: Facts) -> tuple[str, ...]:
    apart = _interval(market["difference"])
    return ("the model less the line", "", *apart, "")


def _importance_table(report: Facts) -> Table:
    shown = report["importance"][:SHOWN_FEATURES]
    rows = [(one["feature"], f"{one['points']:+.4f}") for one in shown]
    return "Growth of the error when shuffled", ("feature", "points of MAE"), rows
