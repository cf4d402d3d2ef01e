"""A picture of the dashboard: its widgets in their places, filled with what the local cloud has measured and logged."""

import json
import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from local.emulator import aws_client
from local.pictures.drawing import EDGE, FAINT, INK, Box, document, line, rectangle, text
from local.pictures.figures import Series, Widget, series_of

COLUMN, ROW, GAP = 52, 46, 8  # pixels
STATES = {"OK": "#2ca02c", "ALARM": "#d62728", "INSUFFICIENT_DATA": "#aab7b8"}
LATEST = 7
COLUMNS = (("at", 0.13), ("thingName", 0.15), ("message", 0.34), ("name", 0.12), ("outcome", 0.07), ("whatToDo", 0.19))
NO_FIGURE = "-"

Drawing = Iterator[str]


def picture(dashboard_name: str) -> str:
    """Draw the dashboard as deployed; the SVG's text."""
    body = aws_client("cloudwatch").get_dashboard(DashboardName=dashboard_name)["DashboardBody"]
    widgets = json.loads(body)["widgets"]
    bottom = max(widget["y"] + widget["height"] for widget in widgets)
    parts = [part for widget in widgets for part in _drawn(widget)]
    return document(24 * COLUMN + GAP, bottom * ROW + GAP, parts)


def _drawn(widget: Widget) -> Drawing:
    box = Box(
        widget["x"] * COLUMN + GAP,
        widget["y"] * ROW + GAP,
        widget["width"] * COLUMN - GAP,
        widget["height"] * ROW - GAP,
    )
    properties = widget["properties"]
    yield rectangle(box, fill="white", edge=EDGE)
    yield text(box.x + 10, box.y + 20, properties.get("title", ""), size=13)
    kind = properties.get("view") if widget["type"] == "metric" else widget["type"]
    yield from _KINDS[kind](widget, box.inner(top=34 if "title" in properties else 12))


def _prose(widget: Widget, box: Box) -> Drawing:
    markdown = re.sub(r"\[(.*?)\]\(\S*?\)", r"\1", widget["properties"]["markdown"])
    y = box.y + 10
    for paragraph in markdown.split("\n"):
        size = 18 if paragraph.startswith("#") else 13
        words = re.sub(r"[#*`]", "", paragraph).strip()
        for part in textwrap.wrap(words, int(box.width / size * 2)) or [""]:
            yield text(box.x, y, part, size=size)
            y += size + 6


def _numbers(widget: Widget, box: Box) -> Drawing:
    series = series_of(widget)
    width = box.width / len(series)
    for place, one in enumerate(series):
        x = box.x + (place + 0.5) * width
        figure = NO_FIGURE if one.whole is None else f"{one.whole:,.0f}"
        yield text(x, box.y + 40, figure, size=34, anchor="middle", colour=one.colour)
        for row, words in enumerate(textwrap.wrap(one.label, max(8, int(width / 6)))):
            yield text(x, box.y + 66 + row * 14, words, size=11, anchor="middle", colour=FAINT)


def _lines(widget: Widget, box: Box) -> Drawing:
    series = [one for one in series_of(widget) if one.points]
    chart = Box(box.x + 40, box.y, box.width - 50, box.height - 56)
    yield rectangle(chart, fill="none", edge=EDGE)
    if not series:
        yield text(chart.x + chart.width / 2, chart.y + chart.height / 2, "no data", colour=FAINT, anchor="middle")
        return
    yield from _plotted(series, chart)
    yield from _legend(series, chart)


def _plotted(series: list[Series], chart: Box) -> Drawing:
    stamps = [stamp for one in series for stamp, _ in one.points]
    first, last = min(stamps), max(*stamps, min(stamps) + 1)
    most = max(value for one in series for _, value in one.points) or 1
    for one in series:
        yield line(
            (
                (
                    chart.x + (stamp - first) / (last - first) * chart.width,
                    chart.y + chart.height * (1 - value / most * 0.95),
                )
                for stamp, value in one.points
            ),
            one.colour,
        )
    yield text(chart.x - 4, chart.y + 12, f"{most:,.0f}", size=10, colour=FAINT, anchor="end")
    yield text(chart.x - 4, chart.y + chart.height, "0", size=10, colour=FAINT, anchor="end")
    for stamp, anchor, x in ((first, "start", chart.x), (last, "end", chart.x + chart.width)):
        clock = f"{datetime.fromtimestamp(stamp, UTC):%H:%M:%S}"
        yield text(x, chart.y + chart.height + 13, clock, size=10, colour=FAINT, anchor=anchor)


def _legend(series: list[Series], chart: Box) -> Drawing:
    x, y = chart.x, chart.y + chart.height + 28
    for one in series:
        width = 26 + 6.2 * len(one.label)
        if x + width > chart.x + chart.width:
            x, y = chart.x, y + 14
        yield text(x, y, f"■ {one.label}", size=11, colour=one.colour)
        x += width


def _lights(widget: Widget, box: Box) -> Drawing:
    names = [arn.rpartition(":alarm:")[2] for arn in widget["properties"]["alarms"]]
    alarms = aws_client("cloudwatch").describe_alarms(AlarmNames=names, MaxRecords=100)["MetricAlarms"]
    states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}
    for place, name in enumerate(names):
        x, y = box.x + place % 3 * box.width / 3, box.y + place // 3 * 34
        light = Box(x, y, box.width / 3 - 6, 28)
        yield rectangle(light, fill=STATES[states[name]])
        yield text(x + 8, y + 18, name.split("-")[-2], size=11, colour="white")


def _table(widget: Widget, box: Box) -> Drawing:
    group = re.findall(r"SOURCE '(.*?)'", widget["properties"]["query"])[0]
    events = aws_client("logs").filter_log_events(logGroupName=group)["events"]
    logged = [json.loads(event["message"]) for event in sorted(events, key=lambda event: event["timestamp"])]
    latest = [one for one in reversed(logged) if one["outcome"] in ("rejected", "failed")][:LATEST]
    rows = [{name: name for name, _ in COLUMNS}, *({**one, **one["error"]} for one in latest)]
    for number, row in enumerate(rows):
        x = box.x
        for name, share in COLUMNS:
            words = textwrap.shorten(str(row[name]), int(share * box.width / 6), placeholder=" …")
            yield text(x, box.y + 14 + number * 36, words, size=11, colour=INK if number else FAINT)
            x += share * box.width


_KINDS: dict[str, Callable[[Widget, Box], Drawing]] = {
    "text": _prose,
    "singleValue": _numbers,
    "timeSeries": _lines,
    "alarm": _lights,
    "log": _table,
}
