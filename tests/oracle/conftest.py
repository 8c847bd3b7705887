"""Where no namespace can be made, the tests that need one are skipped with the reason."""

import pytest

from probe.lab.namespaces import why_not


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    needing = [item for item in items if item.get_closest_marker("oracle")]
    reason = why_not() if needing else None
    for item in needing:
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))
