"""What was sold, drawn at random: the tests' till with tips, deposits, mixed payments, and the papers that are no sale."""

from __future__ import annotations

# ruff: noqa: E501 - tables of words, a language a line
import random
from dataclasses import dataclass, field

from tests.receipt.reading.countries import COUNTRIES, Country
from tests.receipt.reading.till import Sale, Thing, sale

LANGUAGES = {
    "en": ("US", "GB"), "de": ("DE", "AT", "CH"), "fr": ("FR",), "es": ("ES",), "pt": ("PT",), "pl": ("PL",), "ru": ("RU",),
    "uk": ("UA",), "kk": ("KZ",), "ja": ("JP",), "ko": ("KR",), "zh": ("CN",),
}  # fmt: skip
KINDS = ("sale", "refund", "copy", "x_report", "z_report", "card_slip", "kitchen")
WEIGHTS = (62, 8, 8, 5, 5, 6, 6)

DEPOSIT = {
    "en": "Bottle deposit", "de": "Pfand", "fr": "Consigne", "es": "Depósito envase", "pt": "Depósito garrafa", "pl": "Kaucja",
    "ru": "Залог за тару", "uk": "Застава за тару", "kk": "Ыдыс кепілі", "ja": "容器デポジット", "ko": "빈용기보증금", "zh": "瓶押金",
}  # fmt: skip
TIP = {
    "en": ("Tip", "Gratuity", "Service charge"), "de": ("Trinkgeld",), "fr": ("Pourboire", "Service"), "es": ("Propina",),
    "pt": ("Gorjeta", "Taxa de serviço"), "pl": ("Napiwek", "Serwis"), "ru": ("Чаевые", "Обслуживание"),
    "uk": ("Чайові", "Обслуговування"), "kk": ("Шайпұл", "Қызмет көрсету"), "ja": ("サービス料",), "ko": ("봉사료",),
    "zh": ("服务费", "小费"),
}  # fmt: skip
POINTS = {
    "en": "Points earned", "de": "Punkte gesammelt", "fr": "Points gagnés", "es": "Puntos acumulados", "pt": "Pontos ganhos",
    "pl": "Punkty naliczone", "ru": "Начислено баллов", "uk": "Нараховано балів", "kk": "Есептелген ұпай", "ja": "獲得ポイント",
    "ko": "적립포인트", "zh": "本次积分",
}  # fmt: skip
THANKS = {
    "en": "Thank you!", "de": "Vielen Dank!", "fr": "Merci de votre visite", "es": "Gracias por su compra", "pt": "Obrigado pela visita",
    "pl": "Dziękujemy", "ru": "Спасибо за покупку", "uk": "Дякуємо за покупку", "kk": "Рахмет!", "ja": "ありがとうございました",
    "ko": "감사합니다", "zh": "谢谢惠顾",
}  # fmt: skip
SLIP = {
    "en": ("CUSTOMER COPY", "Terminal ID: {}", "VISA ************1111", "Approval code: 012345", "Amount"),
    "de": ("Kundenbeleg", "Terminal-ID {}", "Karten-Nr. ############1111", "Genehmigungs-Nr. 012345", "Betrag"),
    "fr": ("TICKET CLIENT", "Terminal {}", "CARTE BANCAIRE", "N° autorisation 012345", "MONTANT"),
    "es": ("COPIA PARA EL CLIENTE", "Terminal: {}", "Tarjeta: ************1111", "Autorización: 012345", "IMPORTE"),
    "pt": ("CÓPIA CLIENTE", "ID Terminal: {}", "Cartão ************1111", "Autorização: 012345", "VALOR"),
    "pl": ("KOPIA DLA KLIENTA", "Nr terminala: {}", "Karta: ************1111", "Kod autoryzacji: 012345", "KWOTA"),
    "ru": ("ЭКЗЕМПЛЯР КЛИЕНТА", "Терминал: {}", "Карта: ************1111", "Код авторизации: 012345", "Сумма"),
    "uk": ("КЛІЄНТСЬКИЙ ПРИМІРНИК", "Термінал: {}", "Картка: ************1111", "Код авторизації: 012345", "Сума"),
    "kk": ("КЛИЕНТ ДАНАСЫ", "Терминал: {}", "Карта: ************1111", "Авторизация коды: 012345", "Сома"),
    "ja": ("カード会社控え", "端末番号 {}", "会員番号 ************1111", "承認番号 012345", "金額"),
    "ko": ("[고객용] 신용매출전표", "단말기번호: {}", "카드번호: 1234-****-****-1111", "승인번호: 012345", "금액"),
    "zh": ("持卡人存根", "终端编号: {}", "卡号: 6222********1111", "授权码: 012345", "金额"),
}  # fmt: skip
REPORT = {
    "en": ("Receipts", "Cash in drawer", "Net sales"), "de": ("Anzahl Belege", "Kassenbestand", "Umsatz netto"),
    "fr": ("Nombre de tickets", "Fond de caisse", "CA net"), "es": ("Número de tickets", "Efectivo en caja", "Ventas netas"),
    "pt": ("Número de talões", "Dinheiro em caixa", "Vendas líquidas"), "pl": ("Ilość paragonów", "Stan kasy", "Sprzedaż netto"),
    "ru": ("Чеков", "Наличных в кассе", "Выручка"), "uk": ("Кількість чеків", "Готівка в касі", "Виторг"),
    "kk": ("Чек саны", "Кассадағы қолма-қол", "Түсім"), "ja": ("客数", "現金在高", "純売上"), "ko": ("영수건수", "현금잔고", "순매출"),
    "zh": ("单数", "现金结余", "净销售额"),
}  # fmt: skip


@dataclass
class Sold:
    """A sale, its language and what the tests' till does not know."""

    language: str
    kind: str
    sale: Sale
    tip: int = 0
    tip_word: str = ""
    slip: str = ""
    deposits: list[Thing] = field(default_factory=list)

    @property
    def sign(self) -> int:
        """Refunds are printed with a minus."""
        return -1 if self.kind == "refund" else 1

    @property
    def total(self) -> int:
        """What was to be paid."""
        return self.sale.total + self.tip


def draw(rng: random.Random, language: str) -> Sold:
    """One printout of any kind."""
    country = COUNTRIES[rng.choice(LANGUAGES[language])]
    kind = rng.choices(KINDS, WEIGHTS)[0]
    made = sale(rng, country, kind=kind if kind in ("sale", "refund", "copy") else "sale")
    sold = Sold(language, kind, made, slip=str(rng.randrange(10**7, 10**8)))
    if kind in ("sale", "copy"):
        _more(rng, sold, country)
    return sold


def _more(rng: random.Random, sold: Sold, country: Country) -> None:
    made = sold.sale
    coin = 1 if made.mark or country.decimals == 0 else 10**country.decimals
    if rng.random() < 0.15 and not made.off:
        price = max(coin, country.scale // 8 // coin * coin)
        price = max(10, price // 10 * 10) if country.decimals == 0 else price
        pieces = rng.choice((1, 1, 2, 6))
        made.things.append(
            Thing(DEPOSIT[sold.language], 1000 * pieces, price, pieces * price, rate=made.things[-1].rate)
        )
    if rng.random() < 0.12:
        sold.tip = max(coin, made.total // 10 // coin * coin)
        sold.tip_word = rng.choice(TIP[sold.language])
    _pay(rng, sold, coin)


def _pay(rng: random.Random, sold: Sold, coin: int) -> None:
    """Pay anew, for the total has grown: cash with change, card, or both."""
    total, way = sold.total, rng.random()
    made = sold.sale
    made.change = 0
    if way < 0.4:
        note = 10 ** max(1, len(str(total)) - 1)
        paid = -(-total // note) * note
        made.payments, made.change = [("cash", paid)], paid - total
    elif way < 0.55 and total > 10 * coin:
        part = total // 3 // coin * coin
        made.payments = [("card", part), ("cash", total - part)]
    else:
        made.payments = [("card", total)]


def fiscal_code(sold: Sold) -> str | None:
    """The tax office's code of countries that have one whose words are published."""
    made, country = sold.sale, sold.sale.country.code
    if sold.kind not in ("sale", "copy") or sold.tip or made.country.decimals != 2:
        return None
    total, when = f"{made.total // 100}.{made.total % 100:02d}", made.when
    if country == "RU":
        return f"t={when:%Y%m%dT%H%M}&s={total}&fn=9960440300000001&i={made.number}&fp=1234567890&n=1"
    if country == "KZ":
        return f"https://consumer.oofd.kz/?i=123456789012&f=010101327496&s={total}&t={when:%Y%m%dT%H%M%S}"
    if country == "UA":
        return f"https://cabinet.tax.gov.ua/cashregs/check?id=abc&date={when:%Y%m%d}&time={when:%H:%M}&sm={total}"
    if country == "PT":
        return f"A:{made.tax_id}*B:999999990*C:PT*D:FS*E:N*F:{when:%Y%m%d}*G:FS A/{made.number}*H:ABCD-1*I1:PT*N:0.00*O:{total}*Q:abcd*R:1"
    return None
