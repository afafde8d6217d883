"""What the audit pack says of itself, for people who have never heard of haikei."""

README = """\
AUDIT PACK of the record {origin}
{entries} entries of a record of {size}. / 記録 {origin}（全{size}件）のうち{entries}件。

What is here
  checkpoint          the signed head of the whole record (C2SP tlog-checkpoint, Ed25519)
  checkpoints/        heads that were published before; compare them with those you were sent
  timestamps/         RFC 3161 tokens: an authority saw that checkpoint by then
  vkeys               the public keys, the newest first; keys/ holds the notes with which one key handed over to the next
  tile/               hashes of all entries (C2SP tlog-tiles); they tell nothing of what the entries say
  entries/            the entries themselves, byte for byte
  proofs/             one tlog-proof for each entry: it stands in the record at that place
  pictures.csv        SHA-256 of every picture these entries speak of
  people.csv          how each person may be named (named, declined, unknown; erased if missing), without names; the studio's word
  names.csv           (only if asked for) who the references stand for; the studio's word, not part of the proof
  hours.csv           (only if asked for: --with-hours) everybody's hours. Such a pack is for payroll and its auditor alone:
                      one person's hours can be read from it. Without this file the pack holds no hours at all
  recompute.py        works the numbers of reports out again from the entries; recompute_*.py belong to it

Do not take the public key from this pack alone. Take it from where the studio gave it to you, and compare.
A pack cannot show that the studio left no entry out of it; it shows that those here are unchanged, and their places.

このパックの公開鍵だけを信用せず、スタジオから別途受け取った鍵と比べてください。
ここにある記録が後から変えられていないことは確かめられますが、関係する記録が全部入っていることまでは確かめられません。

hours.csv（作業時間）が入っているパックは、給与担当者とその監査人だけのものです。個人の時間が読み取れます。

Check it with haikei
  haikei verify PACK.zip --vkey 'THE KEY YOU WERE GIVEN' --checkpoint A-CHECKPOINT-YOU-KEPT
  haikei verify PACK.zip --picture PICTURE

Check it without us (unpack it, then in its folder)
  A proof, made again from the tiles by a program that is not ours (https://pypi.org/project/tlog-scales):
    pip install tlog-scales
    tlog-tiles gen-proof ./ {first} | cmp - proofs/{first}.tlog-proof
  Signature, head and one entry, with the same program as a library:
    python3 - <<'PYTHON'
    from pathlib import Path
    from tlog_scales.backend import LocalBackend
    from tlog_scales.reader import TilesReader
    from tlog_scales.signing import Vkey
    from tlog_scales.tiles import leaf_hash
    reader = TilesReader(LocalBackend(Path(".")))
    head = reader.get_checkpoint()
    head.verify(Vkey.from_string(Path("vkeys").read_text().split()[0]))
    assert reader.calculate_root_hash() == head.root_hash
    body = Path("entries/{first}.json").read_bytes()
    reader.get_inclusion_proof(int("{first}"), head.size).check(leaf_hash(body), head.root_hash)
    print("entry {first} stands in", head)
    PYTHON
  The Go team's packages golang.org/x/mod/sumdb/note and tlog read the same checkpoint, hashes and proofs.
  A timestamp:
    openssl ts -verify -data checkpoints/SIZE -in timestamps/SIZE.tsr -CAfile THE-AUTHORITY.pem
  The numbers of a report (Python 3.9 or newer, nothing else; read the script first, it is short). They must equal "numbers" in the
  report's JSON, if the pack is of the whole show and was made after the report:
    python3 recompute.py . disclosure --show SHOW
    python3 recompute.py . disclosure --show SHOW --episode E --first 2026-10 --last 2026-11
  A picture:
    sha256sum PICTURE
    grep -n THE-SUM pictures.csv
"""
"""Filled in with `str.format`."""
