import importlib

import pytest

from infra.local import faults

pytestmark = pytest.mark.unit


def test_limits_that_a_hurried_function_shortens_are_there() -> None:
    """The limits that chaos makes shorter are named as texts, and each names a number of its module."""
    found = [
        (module, name, getattr(importlib.import_module(module), name, None))
        for limits in faults._LIMITS.values()
        for module, name in limits
    ]
    assert [(module, name) for module, name, value in found if not isinstance(value, int | float)] == []


def test_the_calls_that_a_process_dies_at_are_there() -> None:
    """Each adapter's class and methods are named as texts, and each names one of the program's."""
    missing = [
        f"{adapter}.{method}"
        for methods in faults.METHODS.values()
        for adapter, names in methods.items()
        for method in names
        if adapter in faults._CLASSES
        and not callable(
            getattr(
                getattr(importlib.import_module(faults._CLASSES[adapter][0]), faults._CLASSES[adapter][1]),
                method,
                None,
            )
        )
    ]
    assert missing == []
