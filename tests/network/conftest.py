"""Tests between network namespaces of their own; where none can be made, all are skipped with the reason."""

from pathlib import Path

import pytest

from probe.lab.namespaces import why_not

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = why_not()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.network)
            if reason is not None:
                item.add_marker(pytest.mark.skip(reason=reason))
