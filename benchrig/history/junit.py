"""A gate's judgements as JUnit XML, which every CI system shows."""

from collections.abc import Sequence
from xml.etree import ElementTree

from benchrig.history.gate import Judgement
from benchrig.store.summary import printable


def to_junit(name: str, judgements: Sequence[Judgement]) -> str:
    """One test case a cell: slower is a failure, what can not be told an error."""
    counts = {
        "tests": len(judgements),
        "failures": sum(j.word == "slower" for j in judgements),
        "errors": sum(j.word == "not-enough-data" for j in judgements),
    }
    attributes = {key: str(value) for key, value in counts.items()}
    top = ElementTree.Element("testsuites", attributes)
    suite = ElementTree.SubElement(top, "testsuite", {"name": printable(name), **attributes})
    for judgement in judgements:
        case = {"classname": "benchrig.gate", "name": printable(judgement.cell), "time": "0"}
        element = ElementTree.SubElement(suite, "testcase", case)
        kind = {"slower": "failure", "not-enough-data": "error"}.get(judgement.word, "system-out")
        told = ElementTree.SubElement(element, kind)
        if kind == "system-out":
            told.text = f"{judgement.word}: {judgement.reason}"
        else:
            told.set("type", judgement.word)
            told.set("message", judgement.reason)
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True) + "\n"
