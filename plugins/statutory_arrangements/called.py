"""What a step is called: as the law's own clocked steps are, or about one of them."""

from __future__ import annotations

import re

from threefold.plugin_api import Provided, plain_title

# A step that is called what the law asks for, whatever else it says: the notification or the rapid review, and that it is done or sent.
_DONE = r"(finish(ed)?|finalised|completed?|conclude[ds]?|done|ends?|ended|closed?|made|sent|submitted|due|deadline|signed off)"
_PANEL = r"(the )?(national )?panel"
_TO_IT = rf"( (to|by) {_PANEL})?( (via|through|by|on|using) the (online |panel['’]?s )?(form|portal|system))?"
_IT_IS = rf"( (is|to be|must be|has been))?( (fully )?{_DONE}( (and|then) {_DONE})?)?{_TO_IT}"
_TOO = r"((,| and|, and)? (the )?(dfe|department for education|ofsted|secretary of state))*"
SAME_TITLE = {
    "rapid-review": re.compile(
        rf"(the )?(rapid review|rr){_IT_IS}|(the )?(rapid review|rr) report (({_DONE} (and|then) )?{_DONE}|to {_PANEL})( to {_PANEL})?"
        r"|(finish|complete|conclude|do|end|close|hold|carry out|undertake|send|submit|sign off)( and (send|submit))? (the |a )?(rapid review|rr)( report)?"
        rf"( to {_PANEL})?",
    ),
    "notify-panel": re.compile(
        rf"(the )?(serious incident )?notif(ication|y){_IT_IS}|(the )?(national )?panel (is |to be |must be |has been )?notified"
        rf"|(notify|tell|inform) {_PANEL}{_TOO}|(make|send|submit) (the |a )?((serious incident )?notification|sin){_TO_IT}"
        rf"|report (the |a )?(serious )?incident to (the )?national panel|(the )?sin( (is |to be |must be )?(sent|submitted|made|due))?{_TO_IT}",
    ),
    "tell-partners": re.compile(r"(notify|tell|inform) (the |our )?(other |three )?(safeguarding )?partners|(the )?(three )?(safeguarding )?partners (are )?(told|informed|notified)"),
}  # fmt: skip
# What a title has in it that is about one of them.
ABOUT = {
    "rapid-review": re.compile(r"\brapid review|\brr\b|\b(report|review)\b.*\bto the (national )?panel$"),
    "tell-partners": re.compile(r"\b(notif(y|ied|ies)|tell|told|alert|inform(ed)?)\b.*\bpartners?\b|\bpartners?\b.*\b(notified|told|informed)\b"),
    # To tell others than the Panel, or the partners, is none of them.
    "notify-panel": re.compile(r"\bnotification\b(?!.*\b(famil\w+|parents?|carers?|children|ofsted|cqc|lado|cdop|coroner|schools?|staff|insurers?|media|press)\b)"
        r"|^(serious incident )?notify$|\bnotif(y|ied|ies)\b.*\bpanel\b|\bpanel\b.*\bnotified\b|\b(tell|inform)\b.*\bnational panel\b|^(tell|inform) (the )?panel$|\bsin\b|\b(report(ed)?|incident)\b.*\bincident\b.*\bto the (national )?panel$|\bincident (is )?reported to the (national )?panel$",
    ),
}  # fmt: skip
# What comes before a duty is done, and is not the doing of it.
PREPARES = re.compile(
    r"\b(plan\w*|prepar\w+|brief\w*|draft\w*|scop\w+|call|invit\w+|book\w*|chronolog\w+|gather\w*|request\w*|check\w*|huddle|discuss\w*|talk|agenda|consult\w*|meet\w*)\b"
)


def is_called(step: Provided, key: str) -> bool:
    """Whether a step is called what the law asks for, under its key in `CLOCKED`."""
    return bool(SAME_TITLE[key].fullmatch(plain_title(step)))
