"""What the demo's shops sell and how their tills talk: one table a language.

Invented shops and goods; the tax ids have valid check digits and belong to nobody known to us. Prices are in the
smallest coin of the shop's currency. ``page`` is how the till announces its letters: an ``ESC t`` number, or ``FS &``
for a multibyte set.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The words a till prints, in its language."""

    receipt: str
    refund: str
    number: str
    cashier: str
    tax_id: str
    total: str
    tax: str
    cash: str
    card: str
    change: str
    thanks: str
    kitchen: str
    z_report: str
    receipts: str
    approved: str


@dataclass(frozen=True)
class Shop:
    """One shop: its language, how its till encodes letters, its money and its goods."""

    language: str
    codec: str
    page: int | None
    """The ``ESC t`` number; None for a multibyte set switched on by ``FS &``."""
    name: str
    address: str
    tax_id: str
    currency: str
    decimals: int
    mark: str
    """The decimal mark the till prints."""
    tax_percent: int
    cashiers: tuple[str, ...]
    words: Words
    goods: tuple[tuple[str, int], ...]


ENGLISH = Shop(
    "en", "cp1252", 16, "Harbour Street Deli", "12 Harbour Street, Springfield", "GB 123 4567 82", "GBP", 2, ".", 20,
    ("Anna", "Joe"),
    Words(
        "RECEIPT", "REFUND", "Receipt no", "Cashier", "VAT reg no", "TOTAL", "VAT", "Cash", "Card", "Change",
        "Thank you and see you soon", "KITCHEN", "Z REPORT", "Receipts", "APPROVED",
    ),
    (
        ("Whole milk 1 l", 189), ("Rye bread sliced 500 g", 249), ("Free range eggs x10", 379), ("Butter 200 g", 315),
        ("Ground coffee 250 g", 689), ("Olive oil extra virgin 0.5 l", 1049), ("Café crème", 320), ("Bananas", 129),
        ("Cheddar mature 350 g", 455), ("Dark chocolate 70 %", 199), ("Sparkling water 6 x 1.5 l", 420),
    ),
)  # fmt: skip

KOREAN = Shop(
    "ko", "cp949", None, "햇살마트 서울점", "서울특별시 마포구 월드컵로 12", "000-99-00019", "KRW", 0, ".", 10,
    ("김민지", "박준호"),
    Words(
        "영수증", "환불 영수증", "영수증번호", "계산원", "사업자번호", "합계", "부가세", "현금", "신용카드", "거스름돈",
        "이용해 주셔서 감사합니다", "주방 주문서", "Z 정산", "거래건수", "승인",
    ),
    (
        ("목장우유 1L", 2980), ("라면 5개", 4100), ("즉석밥 210g", 1850), ("제주 감귤 1kg", 6900), ("두부 한모", 1700),
        ("김치 500g", 7200), ("바나나우유", 1500), ("카스테라", 3300), ("아메리카노", 2500), ("콩나물 300g", 1290),
    ),
)  # fmt: skip

RUSSIAN = Shop(
    "ru", "cp866", 17, 'Продукты "Рассвет"', "г. Алматы, пр. Абая 52", "991340000007", "KZT", 2, ".", 16,
    ("Иванова О.", "Ким С."),
    Words(
        "ЧЕК ПРОДАЖИ", "ЧЕК ВОЗВРАТА", "Чек №", "Кассир", "БИН", "ИТОГО", "НДС", "Наличные", "Карта", "Сдача",
        "Спасибо за покупку!", "КУХНЯ", "Z-ОТЧЁТ", "Чеков", "ОДОБРЕНО",
    ),
    (
        ("Молоко 2,5% 1л", 62000), ("Хлеб ржаной", 28000), ("Яйцо С1 10шт", 79000), ("Масло сливочное 200г", 135000),
        ("Кофе молотый 250г", 329000), ("Сахар 1кг", 48000), ("Чай чёрный 100г", 115000), ("Сметана 20%", 71000),
    ),
)  # fmt: skip

KAZAKH = Shop(
    "kk", "kz1048", 53, "«Дәмді нан» дүкені", "Алматы қ., Абай даңғ. 52", "991340000007", "KZT", 2, ".", 16,
    ("Әсел", "Нұрлан"),
    Words(
        "САТУ ЧЕГІ", "ҚАЙТАРУ ЧЕГІ", "Чек №", "Кассир", "БСН", "БАРЛЫҒЫ", "ҚҚС", "Қолма-қол", "Карта", "Қайтарым",
        "Сатып алғаныңызға рақмет!", "АС ҮЙ", "Z-ЕСЕП", "Чектер", "МАҚҰЛДАНДЫ",
    ),
    (
        ("Сүт 2,5% 1л", 62000), ("Бөлке нан", 28000), ("Жұмыртқа 10 дана", 79000), ("Сары май 200г", 135000),
        ("Қымыз 0,5л", 95000), ("Құрт 200г", 88000), ("Бауырсақ 300г", 74000), ("Шай 100г", 115000),
    ),
)  # fmt: skip

CHINESE = Shop(
    "zh", "gb18030", None, "晨光便利店", "上海市静安区南京西路128号", "91000000MA0DEM0K00", "CNY", 2, ".", 13,
    ("王芳", "李强"),
    Words(
        "购物小票", "退货小票", "单号", "收银员", "税号", "合计", "税额", "现金", "银行卡", "找零",
        "谢谢惠顾,欢迎再次光临", "厨房单", "Z 报表", "交易笔数", "交易成功",
    ),
    (
        ("纯牛奶 1L", 1280), ("方便面 五连包", 1650), ("东北大米 5kg", 4590), ("矿泉水 550ml", 200), ("豆浆", 350),
        ("苹果 1kg", 1180), ("鲜肉包", 250), ("绿茶 500ml", 450), ("酸奶 200g", 620), ("香辣酱", 990),
    ),
)  # fmt: skip

SHOPS = (ENGLISH, KOREAN, RUSSIAN, KAZAKH, CHINESE)
