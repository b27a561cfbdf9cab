"""The forms of reviewing and holding records."""

from __future__ import annotations

from threefold.work.people.web import Form, choice, day, long_text

SEALED = "Kept sealed. Name no child."


class Put(Form):
    why = long_text(
        "Reason for the hold",
        missing="Enter the reason",
        longest=2000,
        hint=f"For example, an inquiry, a claim or a complaint. {SEALED}",
    )


class Lift(Form):
    why = long_text("Reason for lifting it", missing="Enter the reason", longest=2000, hint=SEALED)


OUTCOMES = {"destroy": "Destroy the records", "keep": "Keep them longer, until a day", "hold": "Put a legal hold on them"}


class Review(Form):
    outcome = choice(
        "What do you propose?", OUTCOMES, missing="Select what you propose",
        hints={"destroy": "Possible once the time has ended. Another person confirms it.", "keep": "Another person confirms it.",
               "hold": "It stands at once, without anybody else."},
    )  # fmt: skip
    until = day("Keep them until", required=False, hint="Only if they are kept longer. For example, 31 3 2036")
    reason = long_text("Reason", missing="Enter the reason", longest=2000, hint=SEALED)


class Decide(Form):
    answer = choice("What do you decide?", {"confirm": "Confirm it", "decline": "Decline it: the records stay as they are"},
                    missing="Select what you decide")  # fmt: skip
    reason = long_text("Reason", required=False, longest=2000, hint=f"Needed if you decline it. {SEALED}")
