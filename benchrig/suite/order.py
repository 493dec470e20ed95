"""In which order cells are measured, so that drift hits all alike. Pure.

Trials run in blocks: in each block every cell once, in an order drawn at random for that block
alone. The tests of `benchrig.stats.signed_rank` count 2^n orders of n blocks as equally likely,
which only independent draws make them. Whoever has the seed can draw the order again.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """One trial to be run: which cell (counted from 0), in which block (counted from 1)."""

    block: int
    cell: int


def block_order(seed: int, block: int, cells: int) -> list[int]:
    """The cells' order in one block."""
    order = list(range(cells))
    random.Random(f"{seed}/{block}").shuffle(order)  # noqa: S311 - an order, not a secret
    return order


def ordered(seed: int, blocks_of: list[int]) -> tuple[Slot, ...]:
    """All trials in order, each cell in as many blocks as it asks for.

    Args:
        seed: any number; the same seed gives the same order.
        blocks_of: blocks of each cell.
    """
    return tuple(
        Slot(block, cell)
        for block in range(1, max(blocks_of, default=0) + 1)
        for cell in block_order(seed, block, len(blocks_of))
        if blocks_of[cell] >= block
    )
