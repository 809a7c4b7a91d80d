"""The chain alone: its bytes, its links, and what breaks them."""

from dataclasses import fields, replace
from datetime import UTC
from hashlib import sha256
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.journals.audit import AccessRecord
from loaders.journals.audit_chain import (
    MOST_FAULTS,
    START,
    Damage,
    Fault,
    Head,
    Link,
    Verification,
    Verifier,
    body,
    canonical,
    encode,
)
from tests.loaders.audit.log import RECORD, numbered


def chain(count: int) -> list[Link]:
    links, head = [], Head.fresh()
    for number in range(count):
        content = body(numbered(number))
        after = head.follow(content)
        links.append(Link(after.writer_id, after.seq, head.hash, after.hash, content))
        head = after
    return links


def check(links: list[Link]) -> Verification:
    verifier = Verifier()
    for link in sorted(links, key=lambda link: (link.writer_id, link.seq)):
        verifier.add(link)
    return verifier.finish()


def test_the_canonical_bytes_and_the_hash_are_these() -> None:
    writer_id = UUID("9b2f0c7e-0000-4000-8000-000000000001")
    head = Head(writer_id, 0, START).follow(body(RECORD))
    expected = (
        b'["maillage-access-1","9b2f0c7e-0000-4000-8000-000000000001",1,1795336200123456,"READ","OK",'
        b'"4bf92f3577b34da6a3ce929d0e0e4736","1c9f6d1e-6a3c-4a0e-9d4b-111111111111","crip-75",'
        b'"1c9f6d1e-6a3c-4a0e-9d4b-222222222222","CRIP","EVALUATION","situations","' + b"ab" * 32 + b'",'
        b'"[\\"1c9f6d1e-6a3c-4a0e-9d4b-333333333333\\",  \\"\\\\u00e9\\"]",["IDENTITY","HEALTH"],["CALLER_IDENTITY"]]'
    )
    assert canonical(writer_id, 1, body(RECORD)) == expected
    assert head == (writer_id, 1, sha256(bytes(32) + expected).digest())


def test_text_is_escaped_as_rfc_8785_says() -> None:
    text = "".join(map(chr, range(32))) + '"\\/\x7f\u2028é😀'
    escapes = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
    controls = "".join(escapes.get(code, f"\\u{code:04x}") for code in range(32))
    assert encode([text]) == f'["{controls}\\"\\\\/\x7f\u2028é😀"]'.encode()


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
RECORDS = st.builds(
    AccessRecord,
    at=st.datetimes(timezones=st.just(UTC)),
    event=st.sampled_from(["READ", "COMMAND", "REFUSAL"]),
    outcome=TEXT,
    trace_id=TEXT,
    organisation_id=st.none() | st.uuids(),
    client_id=st.none() | TEXT,
    member_id=st.none() | st.uuids(),
    audience=TEXT,
    purpose=st.none() | TEXT,
    operation=st.none() | TEXT,
    document_hash=st.none() | TEXT,
    situations=TEXT.map(str.encode),
    categories=st.lists(TEXT).map(tuple),
    withheld=st.lists(TEXT).map(tuple),
)
PLACES = st.tuples(st.uuids(), st.integers(1, 2**53))


@given(RECORDS, RECORDS, PLACES, PLACES)
def test_two_records_never_share_their_canonical_bytes(
    one: AccessRecord, other: AccessRecord, place: tuple[UUID, int], elsewhere: tuple[UUID, int]
) -> None:
    same = (one, place) == (other, elsewhere)
    assert (canonical(*place, body(one)) == canonical(*elsewhere, body(other))) == same


@given(RECORDS, st.data())
def test_each_field_changes_the_canonical_bytes(record: AccessRecord, data: st.DataObject) -> None:
    other = data.draw(RECORDS)
    for item in fields(AccessRecord):
        changed = replace(record, **{item.name: getattr(other, item.name)})
        assert (body(changed) == body(record)) == (changed == record)


@settings(deadline=None)
@given(st.integers(2, 12), st.data())
def test_whatever_is_removed_or_permuted_before_the_newest_is_found(length: int, data: st.DataObject) -> None:
    links = chain(length)
    places = data.draw(st.permutations(range(length)))
    kept = data.draw(st.sets(st.integers(0, length - 1), min_size=1))
    newest = max(kept)
    mixed = [links[places[index]]._replace(seq=index + 1) for index in sorted(kept)]
    verification = check(mixed)
    untouched = all(places[index] == index for index in kept) and kept == set(range(newest + 1))
    assert verification.sound == untouched
    for fault in verification.faults:
        if fault.damage == Damage.REORDERED:
            assert fault.belongs == places[fault.seq - 1] + 1
    missing: set[int] = set()
    for fault in verification.faults:
        if fault.until is not None:
            missing |= set(range(fault.seq, fault.until + 1))
    assert missing == set(range(1, newest + 2)) - {index + 1 for index in kept}


def test_a_record_written_anew_with_its_own_hash_breaks_the_link_after_it() -> None:
    links = chain(6)
    before = Head(links[1].writer_id, 2, links[1].hash)
    forged = body(replace(RECORD, audience="NOBODY"))
    links[2] = links[2]._replace(body=forged, hash=before.follow(forged).hash)
    verification = check(links)
    assert verification.faults == (Fault(Damage.UNLINKED, links[0].writer_id, 4),)
    assert verification.good == 5


def test_a_first_record_that_continues_another_is_found() -> None:
    first, *_ = chain(1)
    head = Head(first.writer_id, 0, bytes(31) + b"\1").follow(first.body)
    verification = check([first._replace(prev=bytes(31) + b"\1", hash=head.hash)])
    assert verification.faults == (Fault(Damage.TRUNCATED_HEAD, first.writer_id, 1),)


def test_chains_do_not_excuse_each_other_and_every_fault_is_counted() -> None:
    whole, hollow = chain(3), chain(3)
    verification = check([*whole, hollow[0], hollow[2]])
    assert (verification.chains, verification.good, verification.broken) == (2, 5, 1)
    one, two = chain(2), chain(2)
    one[0], two[0] = (link._replace(body=b"[0]") for link in (one[0], two[0]))
    verification = check([*one, *two])
    assert (verification.chains, verification.good, verification.broken) == (2, 2, 2)
    assert {fault.writer_id for fault in verification.faults} == {one[0].writer_id, two[0].writer_id}
    spoiled: list[Any] = [link._replace(body=b"[0]") for link in chain(MOST_FAULTS + 100)]
    verification = check(spoiled)
    assert (verification.good, verification.broken) == (0, MOST_FAULTS + 100)
    assert len(verification.faults) == MOST_FAULTS
