"""What a step is called: as the law's own clocked steps are, or about one of them."""

from __future__ import annotations

import re

from threefold.plugin_api import Provided, plain_title

# A step that is called what the law asks for, whatever else it says: the notification or the rapid review, and that it is done or sent.
_DONE = r"(finish(ed)?|finalised|completed?|conclude[ds]?|done|ends?|ended|closed?|made|sent|submitted|due|deadline|signed off)"
_PANEL = r"(the )?((national |child safeguarding practice review )*panel|csprp|csp ?r panel)"
_OTHERS = r"(dfe|department for education|ofsted|secretary of state)"
_TO_IT = rf"( (to|by) {_PANEL}((,| and|, and) (the )?{_OTHERS})*| by (the )?(council|local authority|la)| with the (decision|recommendation))*( (via|through|by|on|using) the (online |panel['’]?s )?(form|portal|system))?"
_IT_IS = rf"( (is|to be|must be|has been))?( (fully )?{_DONE}( (and|then) {_DONE})?)?{_TO_IT}"
_INCIDENT = r"(the |an? |serious |child safeguarding )*incident"
_OF_IT = rf"( (of|about) {_INCIDENT})?"
_TOO = rf"((,| and|, and)? (the )?{_OTHERS})*"
SAME_TITLE = {
    "rapid-review": re.compile(
        rf"(the )?(rapid review|rr)( and decision| decision)?( signed off( by (all )?(the )?(safeguarding )?partners)? and)?{_IT_IS}|(submission|completion|sending) of (the )?(rapid review|rr)( report)?( to {_PANEL})?|(the )?(rapid review|rr) report (({_DONE} (and|then) )?{_DONE}|to {_PANEL})( to {_PANEL})?"
        r"|((the )?(council|local authority|la) )?(finish|complete|conclude|do|end|close|hold|carry out|undertake|sends?|submits?|sign off)( and (send|submit))? (the |a )?(rapid review|rr)( report)?"
        rf"( to {_PANEL})?",
    ),
    "notify-panel": re.compile(
        rf"(the )?(serious incident )?notif(ication|y){_IT_IS}|(the )?(national )?panel (is |to be |must be |has been )?notified{_OF_IT}"
        rf"|{_INCIDENT} (is |to be |must be |has been )?notified{_TO_IT}|notif(y|ication of) {_INCIDENT}{_TO_IT}"
        rf"|((the )?(council|local authority|la|children['’]?s services) )?(notify|notifies|tell|tells|inform|informs) {_PANEL}{_TOO}{_OF_IT}|((the )?(council|local authority|la) )?(makes?|sends?|submits?) (the |a )?((serious incident )?notification|sin){_TO_IT}|submission of (the )?((serious incident )?notification|sin){_TO_IT}"
        rf"|report (the |a )?(serious )?incident to (the )?national panel|(the )?sin( (is |to be |must be )?(sent|submitted|made|due))?{_TO_IT}",
    ),
    "tell-partners": re.compile(r"(notify|tell|inform) (the |our )?(other |three )?(safeguarding )?partners|(the )?(three )?(safeguarding )?partners (are )?(told|informed|notified)( of (the |a )?(serious )?incident)?( by (the )?(council|local authority))?"),
}  # fmt: skip
# What a title has in it that is about one of them.
ABOUT = {
    "rapid-review": re.compile(r"\brapid review|\brr\b|\b(report|review)\b.*\bto the (national )?panel$"),
    "tell-partners": re.compile(r"\b(notif(y|ied|ies)|tell|told|alert|inform(ed)?)\b.*\bpartners?\b|\bpartners?\b.*\b(notified|told|informed)\b"),
    # To tell others than the Panel, or the partners, is none of them.
    "notify-panel": re.compile(r"\bnotification\b(?!.*\b(famil\w+|parents?|carers?|children|ofsted|cqc|lado|cdop|coroner|schools?|staff|insurers?|media|press)\b)"
        r"|^(serious incident )?notify$|\bnotif(y|ied|ies)\b.*\bpanel\b|\bpanel\b.*\bnotified\b|\b(tell|inform)\b.*\bnational panel\b|^(tell|inform) (the )?panel$|\bsin\b|\b(report(ed)?|incident)\b.*\bincident\b.*\bto the (national )?panel$|\bincident (is )?reported to the (national )?panel$"
        r"|\bincident (is |to be |must be |has been )?notified$|^(notify|notification).*\bcsp ?rp?\b",
    ),
}  # fmt: skip
# What a title has in it that is the doing of a duty, and not something on the way to it or beside it.
_DONE_OR_SENT = r"(finalised|completed?|concluded?|sent|send|submit(ted)?|signed off|goes|go)"
DOES = {
    "rapid-review": re.compile(rf"\b(rapid review|rr|report)\b.*(\b{_DONE_OR_SENT}\b|\bto {_PANEL}\b)|\b{_DONE_OR_SENT}\b.*\b(rapid review|rr)\b"),
    "notify-panel": re.compile(r"\b(sin|notification)\b.*\b(sent|submitted|made|done)\b|\b(send|submit|make)\b.*\b(sin|notification)\b|\bnotif(y|ied|ies)\b.*\bpanel\b|\bpanel\b.*\bnotified\b"),
    "tell-partners": re.compile(r"\b(tell|told|inform(ed)?|notif(y|ied|ies))\b.*\bpartners\b|\bpartners\b.*\b(told|informed|notified)\b"),
    "tell-state": re.compile(r"\b(ofsted|dfe|department for education|secretary of state)\b"),
    "local-review": re.compile(rf"\b(review|l?cspr|report)\b.*\b(published|{_DONE_OR_SENT[1:-1]})\b|\b(publish|complete|conclude|finalise)\b.*\b(review|l?cspr|report)\b"),
    "advance-copy": re.compile(r"\b(report|copy|copies)\b.*\b(panel|ofsted|secretary of state|dfe)\b|\bpanel\b.*\b(has|gets|receives)\b.*\breport\b"),
    "yearly-report": re.compile(r"\b(yearly|annual) report\b.*\b(published|issued)\b|\b(publish|issue)\b.*\b(yearly|annual) report\b"),
    "yearly-report-copy": re.compile(rf"\b(to {_PANEL}|what works|foundations)\b"),
}  # fmt: skip
# Done beside it, for others.
BESIDE = re.compile(
    r"\b(famil\w+|parents?|carers?|child(ren)?|young people\w*|practitioners?|staff|learning|drafts?|drafted|media|press|agenc\w+|call|meeting|planning|discussed|considered|neighbour\w*|ahead|early|care leaver\w*|lead partners|see)\b"
)


_BY_NAME = re.compile(
    r"\b(local )?child safeguarding practice reviews?( panel)?\b|\b(a |the )?looked[- ]after child(['’]s)?\b|\bchild['’]s death\b|\bdeath of (a |the )?child\b"
)


def is_beside(title: str) -> bool:
    """Whether a title speaks of somebody or something beside the law's own: a family told, a draft shared. A child in the law's own names is none."""
    return bool(BESIDE.search(_BY_NAME.sub("", title)))


def is_called(step: Provided, key: str) -> bool:
    """Whether a step is called what the law asks for, under its key in `CLOCKED`."""
    return bool(SAME_TITLE[key].fullmatch(plain_title(step)))
