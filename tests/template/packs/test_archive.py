"""Packs as files: what is taken, and every way in which one is not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.template.packs import archive, manifest, signing
from kvit.template.packs.manifest import PACK_BYTES_MAX, Fault, File, Manifest, PackError
from kvit.template.packs.signing import KEYS, PACK, Signature, Trust, public_of, renewed, sign
from tests.template.packs.made import FILES, MAKER, OTHER, THIRD, TRUST, pack, sealed

Change = Callable[[dict[str, bytes]], None]


def test_a_pack_comes_back_as_it_was_made() -> None:
    opened = archive.read(sealed("1.2.3", notes="new logo"), TRUST)
    assert opened.files == FILES
    assert (opened.manifest.order, opened.manifest.notes) == ((1, 2, 3), "new logo")
    assert sealed("1.2.3") == sealed("1.2.3"), "the same content is the same file"


@given(
    st.dictionaries(st.from_regex(r"templates/[a-z]{1,8}\.json", fullmatch=True), st.binary(max_size=99), min_size=1)
)
def test_twins(files: dict[str, bytes]) -> None:
    assert archive.read(sealed(files=files), TRUST).files == files


def rebuilt(data: bytes, change: Change) -> bytes:
    """The archive with its entries changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    change(entries)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, body in entries.items():
            new.writestr(name, body)
    return out.getvalue()


def swap(name: str, body: bytes) -> Change:
    return lambda entries: entries.update({name: body})


def drop(name: str) -> Change:
    return lambda entries: entries.__delitem__(name)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (swap("templates/shopping.json", b'{"layouts":[1]}'), Fault.ARCHIVE),
        (swap("templates/shopping.json", b'{"layouts":{}}'), Fault.FILES),
        (swap("templates/shopping.json", bytes(1 << 20)), Fault.ARCHIVE),
        (swap("scripts/more.js", b"1"), Fault.FILES),
        (swap("../../etc/passwd", b"1"), Fault.FILES),
        (drop("golden/one.json"), Fault.FILES),
        (drop("manifest.json"), Fault.ARCHIVE),
        (drop("signatures.json"), Fault.ARCHIVE),
        (swap("signatures.json", b"[]"), Fault.SIGNATURE),
        (swap("signatures.json", b"{"), Fault.SIGNATURE),
        (swap("manifest.json", b"{}"), Fault.SIGNATURE),
    ],
)
def test_a_pack_that_was_touched_is_refused(change: Change, fault: Fault) -> None:
    with pytest.raises(PackError) as caught:
        archive.read(rebuilt(sealed(), change), TRUST)
    assert caught.value.fault is fault


@pytest.mark.parametrize("data", [b"", b"PK", sealed()[:-30], sealed()[30:], bytes(100_000), b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(PackError):
        archive.read(data, TRUST)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_one_wrong_byte_never_gives_other_files(at: int, byte: int) -> None:
    data = bytearray(sealed())
    data[at % len(data)] = byte
    try:
        assert archive.read(bytes(data), TRUST).files == FILES
    except PackError:
        pass


def test_a_bomb_costs_what_the_manifest_admits() -> None:
    bomb = {"pictures/white.png": bytes(manifest.FILE_BYTES_MAX + 1)}
    with pytest.raises(PackError) as caught:
        sealed(files=bomb)
    assert caught.value.fault is Fault.FILES
    honest = File(10, "0" * 64)
    many = {f"pictures/{n}.png": msgspec.structs.replace(honest, bytes=manifest.FILE_BYTES_MAX) for n in range(20)}
    assert sum(file.bytes for file in many.values()) > PACK_BYTES_MAX
    with pytest.raises(PackError):
        manifest.read(manifest.write(Manifest("base", "1.0.0", many)))


@pytest.mark.parametrize(
    "path",
    [
        "../x", "templates/../x", "/templates/x", "templates//x", "templates/.x", "templates\\x", "templates/x\0",
        "templates/con", "templates/NUL.json", "templates/a/b/c/d", "elsewhere/x", "templates/é", "templates/x.",
        "templates", "C:/x", "templates/" + "x" * 65,
    ],
)  # fmt: skip
def test_paths_that_could_lead_elsewhere(path: str) -> None:
    raw = manifest.write(Manifest("base", "1.0.0", {path: File(0, "0" * 64)}))
    with pytest.raises(PackError) as caught:
        manifest.read(raw)
    assert caught.value.fault is Fault.PATH


def test_two_names_that_are_one_on_some_disks() -> None:
    files = {"templates/a.json": File(0, "0" * 64), "templates/A.json": File(0, "0" * 64)}
    with pytest.raises(PackError):
        manifest.read(manifest.write(Manifest("base", "1.0.0", files)))


@pytest.mark.parametrize("version", ["1", "1.0", "01.0.0", "1.0.0-rc", "1.0.0.0", "-1.0.0", "9999999.0.0"])
def test_versions_are_three_numbers(version: str) -> None:
    with pytest.raises(PackError):
        sealed(version)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b'{"name":"a"}', b"[" * 100_000])
def test_manifests_that_are_none(raw: bytes) -> None:
    with pytest.raises(PackError):
        manifest.read(raw)


@pytest.mark.parametrize(("now", "fault"), [(99, Fault.EARLY), (100, None), (199, None), (200, Fault.EXPIRED)])
def test_time(now: int, fault: Fault | None) -> None:
    told = pack(not_before=100, expires=200).manifest
    if fault is None:
        manifest.check_time(told, now)
        return
    with pytest.raises(PackError) as caught:
        manifest.check_time(told, now)
    assert caught.value.fault is fault


def signed(raw: bytes, *privates: bytes, kind: bytes = PACK) -> tuple[Signature, ...]:
    return tuple(sign(each, raw, kind) for each in privates)


TWO = Trust((public_of(MAKER), public_of(OTHER)), threshold=2)


@pytest.mark.parametrize(
    ("signatures", "trust", "good"),
    [
        (signed(b"m", MAKER), TRUST, True),
        (signed(b"m", OTHER), TRUST, False),
        (signed(b"n", MAKER), TRUST, False),
        (signed(b"m", MAKER, kind=KEYS), TRUST, False),
        (signed(b"m", MAKER, OTHER), TWO, True),
        (signed(b"m", MAKER, MAKER), TWO, False),
        (signed(b"m", MAKER, THIRD), TWO, False),
        (signed(b"m", THIRD, MAKER, OTHER), TWO, True),
        ((), TRUST, False),
        (signed(b"m", *[MAKER] * 17), TRUST, False),
        (signed(b"m", MAKER), Trust((b"short",)), False),
        ((), Trust((), threshold=0), False),
    ],
)
def test_signatures(signatures: tuple[Signature, ...], trust: Trust, good: bool) -> None:
    if good:
        signing.check(b"m", signatures, trust)
        return
    with pytest.raises(PackError):
        signing.check(b"m", signatures, trust)


def test_a_new_list_of_keys_needs_the_old_ones_and_a_higher_number() -> None:
    new = Trust((public_of(OTHER),), 1, 2)
    raw = msgspec.json.encode(new)
    assert renewed(TRUST, raw, signed(raw, MAKER, kind=KEYS)) == new
    for wrong in (signed(raw, OTHER, kind=KEYS), signed(raw, MAKER)):
        with pytest.raises(PackError):
            renewed(TRUST, raw, wrong)
    for bad in (
        Trust((public_of(OTHER),), 1, 1),
        Trust((), 1, 2),
        Trust((public_of(OTHER),), 0, 2),
        Trust((public_of(OTHER),) * 2, 2, 3),
    ):
        raw = msgspec.json.encode(bad)
        with pytest.raises(PackError):
            renewed(TRUST, raw, signed(raw, MAKER, kind=KEYS))
