"""Just enough PromQL to see which metrics an expression reads."""

import re

STRINGS = re.compile(r'"(?:\\.|[^"\\])*"')
SELECTORS = re.compile(r"\{[^}]*\}|\[[^\]]*\]")
GROUPINGS = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
NAMES = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\()\b(?!\s*\()")
NOT_METRICS = {"and", "bool", "inf", "nan", "offset", "or", "unless", "group_left", "group_right"}


def metric_names(expr: str) -> set[str]:
    """Names of all metrics that a PromQL expression reads."""
    text = STRINGS.sub("", expr)
    text = GROUPINGS.sub("", SELECTORS.sub("", text))
    return {name for name in NAMES.findall(text) if name.lower() not in NOT_METRICS}
