"""What a page's script has drawn."""

import json


def numbers(app):
    """The data of each figure, in the order they stand on the page: [list of tables]."""
    return [list(_tables(json.loads(chart.proto.spec))) for chart in app.get("vega_lite_chart")]


def _tables(spec):
    if isinstance(spec, dict):
        if isinstance(spec.get("data"), dict) and "values" in spec["data"]:
            yield spec["data"]["values"]
        yield from spec.get("datasets", {}).values()
        spec = list(spec.values())
    if isinstance(spec, list):
        for part in spec:
            yield from _tables(part)
