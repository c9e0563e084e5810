"""What others predict answers with: Best-LR, PFA, Elo and BKT, each fitted to convergence on train rows.

Every peer is a function of a `ResponseLog` that returns one probability per test row, in input order.
"""

from benchmarks.peers.counts import best_lr, pfa
from benchmarks.peers.elo import elo
from benchmarks.peers.tracing import bkt

PEERS = {"Best-LR": best_lr, "PFA": pfa, "Elo": elo, "BKT": bkt}

__all__ = ["PEERS", "best_lr", "bkt", "elo", "pfa"]
