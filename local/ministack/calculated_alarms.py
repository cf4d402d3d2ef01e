"""CloudFormation takes alarms on a calculation or a query (``Metrics``); here they stay silent.

MiniStack refuses the whole template for one. They watch metrics of services, which nobody publishes here.
"""

from typing import Any

from local.ministack.patching import Patch, Replacement

Record = dict[str, Any]

_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period")


def _with_metrics(original: Replacement) -> Replacement:
    def record(name: str, properties: Record) -> Record:
        metrics = properties.get("Metrics")
        if not metrics:
            made: Record = original(name, properties)
            return made
        single = {key: value for key, value in properties.items() if key != "Metrics"}
        made = original(name, single | {"MetricName": "-", "Namespace": "-"})
        return {key: value for key, value in made.items() if key not in _METRIC} | {"Metrics": metrics}

    return record


PATCHES = (Patch("services.cloudformation.provisioners", "_cw_metric_alarm_record", "4565fcede1eb", _with_metrics),)
