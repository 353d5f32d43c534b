"""The bench that tampers with the audit trail finds every tampering, and nothing where nobody has tampered."""

from bench.audit import TAMPERINGS, run


def test_each_kind_of_tampering_is_found() -> None:
    done = run(3 * len(TAMPERINGS))
    assert done.found == done.made
    assert set(done.made.values()) == {3}
