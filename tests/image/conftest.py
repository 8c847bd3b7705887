"""Tests of the image that is shipped; where none is built or none can be run, all are skipped with the reason."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.image import container
from tests.image.container import MOUNT_POINTS, Image
from tests.image.worlds import RESOLVER
from tools.image.built import Built, find
from tools.image.inputs import gathered

HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "image: runs what is in the built image (root, crun)")


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    own = [item for item in items if HERE in item.path.parents]
    if not own:
        return
    reason = container.why_not() or (None if find(gathered()) else "no image of this tree is built: make image")
    for item in own:
        item.add_marker(pytest.mark.image)
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def built() -> Built:
    found = find(gathered())
    assert found is not None
    return found


@pytest.fixture(scope="session")
def image(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """Give the image as a runtime prepares it: with mount points, in a copy made of links."""
    root = built.folder / f"prepared-{tmp_path_factory.getbasetemp().name}"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(
        built.root, root, symlinks=True, copy_function=lambda source, target: Path(target).hardlink_to(source)
    )
    for name in MOUNT_POINTS:
        (root / name).mkdir()
    (root / RESOLVER.relative_to("/")).touch()
    yield Image(root=root, configuration=built.layout.configuration)
    shutil.rmtree(root)
