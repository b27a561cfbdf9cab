"""What the database refuses is told in words by every engine, whatever came before it."""

from __future__ import annotations

from sqlalchemy import create_engine

from threefold.walls.refusals import tell_refusals


def test_every_engine_tells_once_also_one_that_lies_where_another_lay() -> None:
    """Engines that go make room for the next at the same address, while what knew of them stays."""
    kept = []
    for _ in range(300):
        engine = create_engine("postgresql+psycopg://nobody@/none")
        tell_refusals(engine)
        tell_refusals(engine)
        assert len(list(engine.dialect.dispatch.handle_error)) == 1
        kept.append(engine.dialect)
        del engine
