"""Live keys on their way from one step to the next. Never evidence."""

from dataclasses import field

from probe.records import dataclass
from probe.secret import Redactor, Secret, hint


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """An access key id, its secret and, for temporary keys, the session token. Its repr shows none of them."""

    access_key_id: str = field(repr=False)
    secret_access_key: Secret[str]
    session_token: Secret[str] | None = None
    expires: float | None = None
    """Unix seconds; None for keys that do not say."""

    @property
    def hint(self) -> str:
        """The last four characters of the access key id."""
        return hint(self.access_key_id)

    def remember(self, redactor: Redactor) -> None:
        """Have every part of the keys removed from whatever text comes later."""
        for secret in (Secret(self.access_key_id), self.secret_access_key, self.session_token):
            if secret is not None:
                redactor.add(secret)
