"""How a chart looks: drawn from cells, so that what it shows can be followed like any figure."""

from __future__ import annotations

from typing import Any

from xls_report.layout import Graph
from xls_report.styles import BODY, GRAPH_COLOURS

_FONT = {"name": BODY, "size": 10, "bold": False}


def drawn(book: Any, graph: Graph) -> Any:
    """The chart of a workbook of XlsxWriter, not yet placed; raises XlsxWriter's exceptions."""
    chart = book.add_chart({"type": "bar" if graph.across else "column"})
    for (name, box), colour in zip(graph.series, GRAPH_COLOURS, strict=False):
        labels = {"value": True, "font": {**_FONT, "size": 9}}
        data = {"name": name, "categories": f"={graph.names}", "values": f"={box}"}
        chart.add_series({**data, "data_labels": labels, "fill": {"color": colour}, "gap": 60})
    chart.set_title({"name": graph.title, "name_font": {**_FONT, "size": 12}})
    # The labels tell the figures; of bars the first belongs on top. Bars lie on the axis called y.
    names = {"num_font": _FONT, "major_tick_mark": "none", "major_gridlines": {"visible": False}}
    figures = {"visible": False, "major_gridlines": {"visible": False}}
    chart.set_x_axis(figures if graph.across else names)
    chart.set_y_axis({**names, "reverse": True} if graph.across else figures)
    chart.set_legend({"position": "bottom", "font": _FONT} if len(graph.series) > 1 else {"none": True})
    chart.set_size({"width": graph.size[0], "height": graph.size[1]})
    return chart
