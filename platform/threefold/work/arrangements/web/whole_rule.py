"""What a rule says of a line beside its other settings: a line that is right by itself may not fit the rule as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError

from threefold.domain.errors import ThreefoldError
from threefold.governance.drafts import Content, Place, as_arrangement, name_of
from threefold.plugin_api import Rule


def wrong_beside(rule: type[Rule] | None, content: Content, place: Place, form_names: Iterable[str]) -> dict[str, str]:
    """What is wrong at a place of a draft only because of the rule's other settings, by the form's question.

    `content` holds the line as it would be saved. What is wrong elsewhere stops nobody from saving this line.
    """
    if rule is None or len(place) < 3:
        return {}
    try:
        value: Any = next(use.settings for use in as_arrangement(content).uses if use.use == place[1])
        rule.Config().load_draft(value)
        return {}
    except ThreefoldError:
        return {}
    except ValidationError as error:
        told: Any = error.messages_dict
    for part in place[2:]:
        if isinstance(value, list):
            key: Any = next((i for i, entry in enumerate(value) if name_of(entry, i) == part), None)
            value = value[key] if key is not None else None
        else:
            key, value = part, value.get(part) if isinstance(value, Mapping) else None
        told = told.get(key) if isinstance(told, Mapping) else None
    names = set(form_names)
    return {
        str(n): str(said[0])
        for n, said in (told.items() if isinstance(told, Mapping) else ())
        if n in names and isinstance(said, list)
    }
