"""Strikes: the committed files have the letters tills print, in cells of the right size, and are read by blocks."""

import unicodedata

import pytest

from kvit.paper.fonts.cell import strike
from kvit.paper.fonts.strike import KEPT_BLOCKS, Strike

ALPHABETS = {
    "Latin": "".join(map(chr, range(0x20, 0x7F))) + "ÀÉÎÕÜßæøåčďěłńőřşťůžğıİ",
    "Vietnamese": "ĂÂĐÊÔƠƯăâđêôơưẠẢẤẦẨẪẬẮẰẲẴẶỆỈỊỌỒỘỚỜỤỦỨỪỮỰỲỴỶỸ",
    "Greek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩάέήίόύώ",
    "Cyrillic": "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяїєґђћљњџ",
    "Kazakh": "ӘәҒғҚқҢңӨөҰұҮүҺһІі",
    "kana": "あいうえおアイウエオガギグパピプｱｲｳｴｵﾞﾟ",
    "Thai": "".join(map(chr, range(0x0E01, 0x0E3B))) + "฿เแโใไ็่้๊๋์ํ๐๑๒",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي" + "".join(map(chr, range(0xFE80, 0xFEFD))),
    "Hebrew": "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
    "Georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "Armenian": "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ",
    "money": "₸₩₽¥€£₴₫฿₹¢₺",
    "box": "".join(map(chr, range(0x2500, 0x25A0))),
    "signs": "№§©®™°±×÷•…–—“”‘’«»←↑→↓■□▲△▼▽◆◇○◎●★☆♥♪✓",
}


@pytest.mark.parametrize("name", ALPHABETS)
@pytest.mark.parametrize("size", [24, 16])
def test_has_every_letter_of(name: str, size: int) -> None:
    missing = [letter for letter in ALPHABETS[name] if strike(size).cell(letter) is None]
    assert missing == []


@pytest.mark.parametrize(("page", "least"), [("gb2312", 7445), ("big5", 13_050), ("euc_kr", 8225), ("euc_jp", 6800)])
def test_covers_the_double_byte_code_pages(page: str, least: int) -> None:
    letters = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                letter = bytes((lead, trail)).decode(page)
            except UnicodeDecodeError:
                continue
            if len(letter) == 1 and unicodedata.category(letter) != "Co":
                letters.add(letter)
    assert len(letters) >= least
    assert {letter for letter in letters if strike(24).cell(letter) is None} == set()


def test_all_of_hangul_is_there_and_wide() -> None:
    cells = [strike(24).cell(chr(code)) for code in range(0xAC00, 0xD7A4)]
    assert len(cells) == 11_172
    assert all(cell is not None and cell.shape == (24, 24) and cell.any() for cell in cells)


def test_no_printable_letter_is_blank() -> None:
    for size in (24, 16):
        font = strike(size)
        blank = [chr(code) for code in font.letters() if not font.cell(chr(code)).any()]  # type: ignore[union-attr]
        assert [letter for letter in blank if unicodedata.category(letter) not in ("Zs", "Zl", "Zp", "Mn", "Lo")] == []
        assert len(blank) < 40, blank


def test_letters_of_one_weight_are_not_the_same_letter() -> None:
    cells = [strike(24).cell(letter) for letter in "0O1lI8B5SП"]
    assert len({cell.tobytes() for cell in cells if cell is not None}) == 10


def test_cells_are_half_or_whole_size() -> None:
    for size in (24, 16):
        narrow, wide = strike(size).cell("A"), strike(size).cell("한")
        assert narrow is not None
        assert wide is not None
        assert (narrow.shape, wide.shape) == ((size, size // 2), (size, size))


def test_what_it_lacks_is_none() -> None:
    assert strike(24).cell("\ue000") is None
    assert strike(24).cell("\U00020000") is None
    assert strike(24).cell("\x07") is None


def test_holds_only_so_many_blocks() -> None:
    font = Strike(strike(16).path)
    for code in range(0, 0x10000, 0x80):
        font.cell(chr(code)) if not 0xD800 <= code < 0xE000 else None
    assert len(font._blocks) == KEPT_BLOCKS


def test_a_block_is_read_when_a_letter_of_it_is_wanted() -> None:
    font = Strike(strike(24).path)
    assert len(font._blocks) == 0
    font.cell("A")
    font.cell("é")
    assert list(font._blocks) == [0]
    font.cell("Қ")
    assert list(font._blocks) == [0, 4]
