"""The settings for the questions that AWS leaves open."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from cognito_claims._registry import publish


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How to answer the questions that AWS leaves open. The defaults are the documented answers.

    `null_precedence` answers the open question `null-precedence`: does a group
    without a precedence nominate a role?

    - `"ranks-last"` (default): yes, after every group that has a precedence.
      This is what AWS documents.
    - `"abstains"`: no. Its role is in `cognito:roles`, but is never preferred,
      not even if it is the only one. This is what published tokens show.

    `roleless` answers the open question `roleless-at-best`: does a group
    without a role compete?

    - `"ignored"` (default): no. The best group that has a role decides.
    - `"blocks"`: yes. If a group without a role is among those with the lowest
      precedence, no role is preferred. Two exceptions are documented or observed:
      under `"ranks-last"`, a role that is the only one of all groups, and the
      group that a federated sign-in creates, which never blocks.

    Two policies have names: `Policy.DOCUMENTED`, the default, and `Policy.OBSERVED`,
    which answers as published tokens do where they contradict the documentation.

    Raises:
        ValueError: If a setting has any other value.
    """

    DOCUMENTED: ClassVar["Policy"]
    """The documented answers: `"ranks-last"` and `"ignored"`."""

    OBSERVED: ClassVar["Policy"]
    """The answers of published tokens: `"abstains"` and `"ignored"`."""

    null_precedence: Literal["ranks-last", "abstains"] = "ranks-last"
    """Whether a group without a precedence nominates its role last, or not at all."""

    roleless: Literal["ignored", "blocks"] = "ignored"
    """Whether a group without a role is ignored, or blocks at the lowest precedence."""

    def __post_init__(self) -> None:
        if self.null_precedence not in ("ranks-last", "abstains"):
            raise ValueError("null_precedence: must be 'ranks-last' or 'abstains'")
        if self.roleless not in ("ignored", "blocks"):
            raise ValueError("roleless: must be 'ignored' or 'blocks'")

    @property
    def is_documented(self) -> bool:
        """Whether this is `Policy.DOCUMENTED`."""
        return self == Policy.DOCUMENTED


Policy.DOCUMENTED = Policy()
Policy.OBSERVED = Policy(null_precedence="abstains")

publish(Policy)
