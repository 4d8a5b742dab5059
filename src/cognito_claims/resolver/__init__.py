"""The resolver: it computes the role claims of a user from the user's groups, and explains them."""

from cognito_claims import _lazy

# Outcomes and rules take 5 ms to import, and resolving groups needs neither.
__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    {
        "decision": ("Decision", "has_federated_name"),
        "outcomes": (
            "Alternative",
            "Ambiguous",
            "GroupStatus",
            "NoRole",
            "Outcome",
            "Preferred",
            "RankedGroup",
        ),
        "policy": ("Policy",),
        "resolution": ("Resolution", "resolve"),
    },
)
