class Options:
    dict_cls: type[dict[str, object]] | None
    custom_functions: object
    def __init__(
        self, dict_cls: type[dict[str, object]] | None = None, custom_functions: object = None
    ) -> None: ...
