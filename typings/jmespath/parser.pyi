from collections.abc import Mapping

from jmespath.visitor import Options

class ParsedResult:
    expression: str
    parsed: Mapping[str, object]
    def __init__(self, expression: str, parsed: Mapping[str, object]) -> None: ...
    def search(self, value: object, options: Options | None = None) -> object: ...
