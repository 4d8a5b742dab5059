"""Lazy imports for the packages whose public names come from several modules (PEP 562)."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def attach(
    package: str, names_by_module: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Return `__getattr__`, `__dir__` and `__all__` for a package.

    A name is looked up once: afterwards it is a plain attribute of the package.
    An `__init__.pyi` beside the package declares the same names for type
    checkers and editors.

    Args:
        package: The package's `__name__`.
        names_by_module: The public names by the module that defines them,
            relative to the package.
    """
    homes = {name: module for module, names in names_by_module.items() for name in names}

    def __getattr__(name: str) -> object:  # noqa: N807, the hook of PEP 562
        try:
            home = homes[name]
        except KeyError:
            raise AttributeError(f"module {package!r} has no attribute {name!r}") from None
        value: object = getattr(import_module(f"{package}.{home}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:  # noqa: N807, the hook of PEP 562
        return sorted(homes)

    return __getattr__, __dir__, sorted(homes)
