"""The arrangement on screen: what is in force, and the change of it that is being prepared."""

# The pages put themselves on the blueprint.
from threefold.work.arrangements.web import (
    about,
    areas,
    as_published,
    awaiting,
    comparing,
    conditions,
    editing,
    files,
    groups,
    history,
    minutes,
    preparing,
    publishing,
    putting_aside,
    removing,
    settling,
    taking_out,
    versions,
)  # isort: skip
from threefold.work.arrangements.web.main import blueprint

__all__ = [
    "about",
    "areas",
    "as_published",
    "awaiting",
    "blueprint",
    "comparing",
    "conditions",
    "editing",
    "files",
    "groups",
    "history",
    "minutes",
    "preparing",
    "publishing",
    "putting_aside",
    "removing",
    "settling",
    "taking_out",
    "versions",
]
