"""A person who has a keyboard and nothing else: Tab, Space, Enter, arrows and letters. No pointer, no address typed, no script."""

from __future__ import annotations

from dataclasses import dataclass, field
from re import Pattern
from typing import Literal

from playwright.sync_api import Locator, Page

MOST = 400  # Tabs on one page before it counts as out of reach
Role = Literal["link", "button"]


@dataclass
class Keys:
    """Keys pressed in a page. `pages`: the titles of those that were opened, one after the other."""

    page: Page
    pages: list[str] = field(default_factory=list)

    def reach(self, wanted: Locator) -> None:
        """Press Tab until something has the focus."""
        self._reach_any([wanted.first])

    def follow(self, role: Role, name: str | Pattern[str]) -> None:
        """Go to a link or a button by its whole name, and press Enter."""
        self.reach(self.page.get_by_role(role, name=name, exact=True).first)
        self._enter()

    def write(self, label: str, words: str, *, group: str = "") -> None:
        where = self.page.get_by_role("group", name=group) if group else self.page
        self.reach(where.get_by_label(label, exact=True))
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(words)

    def choose(self, name: str) -> None:
        """Choose one of several answers: Tab to the group, arrows within it, Space where none is chosen yet; or tick a box."""
        wanted = self.page.get_by_label(name, exact=True).first
        if wanted.get_attribute("type") == "checkbox":
            self.reach(wanted)
            self.page.keyboard.press("Space")
            return
        group = self.page.locator(f"input[type=radio][name='{wanted.get_attribute('name')}']")
        self._reach_any(group.all())
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self.page.url}: “{name}” cannot be chosen by keys")

    def pick(self, label: str, option: str) -> None:
        """Pick from a list by its first letters."""
        wanted = self.page.get_by_label(label)
        self.reach(wanted)
        self.page.keyboard.type(option)
        assert wanted.locator("option:checked").inner_text() == option

    def send(self) -> None:
        """Press Enter in the box one is in: it sends the form."""
        self._enter()

    def _enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.pages.append(self.page.title())

    def _reach_any(self, wanted: list[Locator]) -> None:
        """Looked for once, and not anew with every Tab: that takes long on a page with many boxes."""
        found = [one.element_handle() for one in wanted]
        for _ in range(MOST):
            if self.page.evaluate("wanted => wanted.includes(document.activeElement)", found):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: {wanted} cannot be reached by Tab")
