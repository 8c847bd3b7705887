"""The sources in chain order. A new source is one file and one line here."""

from probe.evidence import Source
from probe.sources.container import walk_container
from probe.sources.environment import walk_environment
from probe.sources.imds import walk_imds
from probe.sources.shared_config import walk_shared_config
from probe.sources.web_identity import walk_web_identity
from probe.walk import SourceWalker

SOURCES: tuple[tuple[Source, SourceWalker], ...] = (
    (Source.ENVIRONMENT, walk_environment),
    (Source.SHARED_CONFIG, walk_shared_config),
    (Source.WEB_IDENTITY, walk_web_identity),
    (Source.CONTAINER, walk_container),
    (Source.IMDS, walk_imds),
)
