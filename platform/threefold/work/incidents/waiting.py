"""What a case waits for no more: once it is decided not to notify or its notification is taken back, or decided against a local review."""

from __future__ import annotations

from threefold.plugin_api.facts import Facts

# What notifying serves, and what follows from it.
ENDED_WITH_IT = frozenset({"notify-panel", "tell-partners", "rapid-review", "threshold-meeting"})


def decided_not_to_notify(facts: Facts) -> bool:
    """Whether the partners decided not to notify, and nobody notified since. Considered again, it is what they decided then."""
    decided = facts.review.event("notification_decided")
    return decided is not None and decided.how == "no" and not facts.review.was_notified


def decided_against_a_local_review(facts: Facts) -> bool:
    """Whether the last decision that counts was to carry out no local review."""
    decided = [e.name for e in facts.review.counted if e.name in ("local_review_decided", "local_review_declined")]
    return decided[-1:] == ["local_review_declined"]


def _of_the_local_review(facts: Facts) -> frozenset[str]:
    """What nobody waits for after a decision against a local review. A report whose publication is planned is sent before it all the same."""
    if not decided_against_a_local_review(facts):
        return frozenset()
    return frozenset({"local-review"} if facts.review.event("publication_planned") else {"local-review", "advance-copy"})


def not_waited_for(facts: Facts) -> frozenset[str]:
    """The purposes that a case waits for no more. It asks what was decided of notifying and of a local review, and not the one word that
    the case stands in: a local review that is decided on, or a report that is published, brings back nothing of notifying."""
    ended = facts.review.taken_back_on is not None or decided_not_to_notify(facts)
    return _of_the_local_review(facts) | (ENDED_WITH_IT if ended else frozenset())
