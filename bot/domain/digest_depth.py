"""A shorter digest: what needs the reader, what changed, and the first line of everything else."""

from dataclasses import replace

from bot.domain.digest import Digest
from bot.domain.digest_findings import KINDS


def shortened(digest: Digest) -> Digest:
    """The digest of whoever wants it short; its details are still behind the button."""
    first = [next((one for one in digest.findings if one.kind == kind), None) for kind in KINDS]
    return replace(
        digest,
        movers=digest.movers[:1],
        findings=[one for one in first if one is not None],
        splits=digest.splits[:1],
        quotes=[],
        expiring=[],
        searches=[],
        checked=digest.checked[:1],
        threads=[],
        threads_total=0,
        pulses=digest.pulses[:1],
        spreads=digest.spreads[:1],
        again=digest.again[:1],
        repeats=[],
        wanted=digest.wanted[:1],
        new_versions=[],
        outcomes=[],
    )
