"""A count of how often a decision is worked out."""

from collections import Counter
from typing import Any

import pytest

from cognito_claims.resolver import Decision, Policy


def count_decisions(monkeypatch: pytest.MonkeyPatch) -> Counter[Policy]:
    """Count the decisions from now on, by their policy."""
    counts: Counter[Policy] = Counter()
    from_ranking: Any = vars(Decision)["from_ranking"]

    def count(cls: type[Decision], ranking: Any, policy: Policy) -> Any:
        counts[policy] += 1
        return from_ranking.__func__(cls, ranking, policy)

    monkeypatch.setattr(Decision, "from_ranking", classmethod(count))
    return counts
