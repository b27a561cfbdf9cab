"""What a case waits for no more, once it is decided not to notify or its notification is taken back."""

from __future__ import annotations

from threefold.plugin_api.facts import Facts

# What notifying serves, and what follows from it.
ENDED_WITH_IT = frozenset({"notify-panel", "tell-partners", "rapid-review", "threshold-meeting"})


def decided_not_to_notify(facts: Facts) -> bool:
    """Whether the partners decided not to notify, and nobody notified since. Considered again, it is what they decided then."""
    decided = facts.review.event("notification_decided")
    return decided is not None and decided.how == "no" and not facts.review.was_notified


def not_waited_for(facts: Facts) -> frozenset[str]:
    """The purposes that a case waits for no more. It asks what was decided of notifying, and not the one word that the case stands in:
    a local review that is decided on after it, or a report that is published, brings nothing of it back."""
    ended = facts.review.taken_back_on is not None or decided_not_to_notify(facts)
    return ENDED_WITH_IT if ended else frozenset()
