"""Notes, checkpoints and proofs are those of C2SP, and nothing else is read as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.errors import LedgerError
from integration.ledger.checkpoint import read_checkpoint, read_proof, write_checkpoint, write_proof
from integration.ledger.merkle import leaf_hash
from integration.ledger.note import new_signer, read_note, read_signer, read_verifier, signed

# The example in the documentation of golang.org/x/mod/sumdb/note.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"


def test_a_note_signed_by_gos_own_example_is_right() -> None:
    note = read_note(NOTE.encode())

    assert note.signed_by(read_verifier(VKEY))
    assert not read_note(NOTE.replace("think", "thank").encode()).signed_by(read_verifier(VKEY))


def test_gos_example_key_signs_the_same_bytes_here() -> None:
    signer = read_signer(SKEY)

    assert signer.verifier.vkey == VKEY
    assert signer.skey == SKEY
    assert signed(NOTE.split("\n\n")[0] + "\n", signer) == NOTE


def test_a_secret_key_is_not_shown_by_its_repr_or_by_an_error() -> None:
    signer = read_signer(SKEY)

    with pytest.raises(LedgerError) as refused:
        read_signer(SKEY.replace("c74f20a3", "c74f20a4"))

    assert SKEY.rpartition("+")[2] not in str(refused.value)
    assert repr(signer.seed)[2:12] not in repr(signer)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "\u2028"])
def test_a_name_that_no_note_can_carry_is_refused(name: str) -> None:
    with pytest.raises(LedgerError, match="cannot name a record"):
        new_signer(name)


@pytest.mark.parametrize("vkey", ["", "a", "a+b", "a+00000000+AAAA", VKEY[:-4], VKEY.replace("c7", "c8"), VKEY.replace("+AR", "+AB")])
def test_what_is_no_key_is_refused(vkey: str) -> None:
    with pytest.raises(LedgerError):
        read_verifier(vkey)


def test_a_checkpoint_reads_back_and_another_size_is_not_signed() -> None:
    signer = new_signer("studio.example/記録")
    checkpoint = write_checkpoint(signer, 12, leaf_hash(b"x"))

    head = read_checkpoint(checkpoint)
    forged = read_checkpoint(checkpoint.replace(b"\n12\n", b"\n13\n"))

    assert (head.origin, head.size, head.root) == ("studio.example/記録", 12, leaf_hash(b"x"))
    assert head.note.signed_by(signer.verifier)
    assert not forged.note.signed_by(signer.verifier)


def test_a_proof_reads_back_with_its_checkpoint() -> None:
    checkpoint = write_checkpoint(new_signer("a"), 1, leaf_hash(b"body"))

    proof = read_proof(write_proof(0, [], checkpoint))

    assert (proof.index, proof.path, proof.head.data) == (0, (), checkpoint)
    assert proof.fits(b"body")
    assert not proof.fits(b"other")


@given(st.binary(max_size=300) | st.text(st.sampled_from("— a+\n0 9=A"), max_size=120).map(str.encode))
def test_no_bytes_crash_a_reader(data: bytes) -> None:
    for read in (read_note, read_checkpoint, read_proof):
        with pytest.raises(LedgerError):
            read(data)


@pytest.mark.parametrize("size", ["012", "-1", "1e3", "９", str(2**63), "", "9" * 5000])
def test_a_size_that_is_no_plain_number_is_refused(size: str) -> None:
    checkpoint = write_checkpoint(new_signer("a"), 7, leaf_hash(b"x"))

    with pytest.raises(LedgerError, match="no checkpoint"):
        read_checkpoint(checkpoint.replace(b"\n7\n", f"\n{size}\n".encode()))
