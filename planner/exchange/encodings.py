"""Tells the encodings of a text apart by the letters that languages use, each about as often.

Detectors trained on prose (chardet, charset-normalizer) go wrong on lists of names, where a letter in twenty tells
anything at all: Spanish names are taken for Polish ones. Here each pair of an encoding and a language is weighed by how
well it explains the bytes beyond ASCII. Letters of no one language together (ń with í and á), words in two scripts and
capitals within words count against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from functools import cache
from itertools import pairwise
from math import log

# By language: its letters beyond ASCII, the most frequent first, and the encodings it is written in, likeliest first.
_WESTERN = ("cp1252", "mac-roman", "cp850")
_CENTRAL = ("cp1250", "iso8859-2", "cp852")
_CYRILLIC = ("cp1251", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5")
_LANGUAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Spanish": ("óíáéñúüç", _WESTERN),
    "French": ("éèêçàëïôîûâùœ", _WESTERN),
    "German": ("üäößéè", _WESTERN),
    "Portuguese": ("ãçáéíóêõâúàô", _WESTERN),
    "Italian": ("òàèùìé", _WESTERN),
    "Dutch": ("ëéïöüèó", _WESTERN),
    "Swedish": ("öåäéü", _WESTERN),
    "Danish": ("øåæéöü", _WESTERN),
    "Icelandic": ("óðíáúþæöýé", _WESTERN),
    "Catalan": ("àèóíéçúòïü·", _WESTERN),
    "Polish": ("łńśóąężćź", _CENTRAL),
    "Czech": ("áíčřšéěýžůúňďťó", _CENTRAL),
    "Slovak": ("áíčšýúžéäľťňôďĺŕó", _CENTRAL),
    "Hungarian": ("áéöóíüőúű", _CENTRAL),
    "Croatian": ("ćčšžđ", _CENTRAL),
    "Romanian": ("ăşţâîșț", _CENTRAL),
    "Lithuanian": ("žšėūčųįąę", ("cp1257", "iso8859-13")),
    "Latvian": ("āīēšņļžūķģč", ("cp1257", "iso8859-13")),
    "Estonian": ("äõöüšž", ("cp1257", "iso8859-13", "cp1252")),
    "Turkish": ("ışçüğöiâ", ("cp1254", "iso8859-9")),
    "Russian": ("аоиенвртлскмдйпбугяьчыхзшюжцщёфэъ", _CYRILLIC),
    "Ukrainian": ("оаніикервтлясмпбдуйьєзгючхшцїжщфґ", ("cp1251", "koi8-u", "cp1125", "mac-cyrillic", "iso8859-5")),
    "Bulgarian": ("аоивертнлскпдмгбяуйчхшцзжъщюфь", ("cp1251", "mac-cyrillic", "iso8859-5", "cp866")),
    "Serbian": ("аоивернтсјкдлмпубгњћчзшжцхђљфџ", ("cp1251", "iso8859-5")),
    "Greek": ("αοιςεηνρτυσλκπμγδόάίέήθχύφβώξζψϊΐϋ", ("cp1253", "iso8859-7")),
    "Hebrew": ("יולארמהנבשתדחםקןגפעסכטזצךףץ", ("cp1255", "iso8859-8")),
    "Thai": ("านรกอเงมยลวดทสตะบปคหแจพชขใไถภศษณธซโผฉฝฟฆญฐฏฎฑฒฬฮิีึืุู่้๊๋็์ัำ", ("cp874",)),
    "Arabic": ("اليمنردبعحسكهةفطقجشوخصزذثتغءىضأإئؤظآ", ("cp1256", "iso8859-6")),
}  # fmt: skip
_MARKS = "“”„‘’‚«»–—…€£§°ª№·¿¡´\u00a0"  # beyond letters, what may stand in a text
_OF_A_MARK, _OF_ANYTHING = 0.004, 0.000_02
_LIKELIER = 0.5  # nats by which an encoding is likelier than the next of its language
_RARER = 2.0  # nats against what isn't written in the commonest encoding
_ODD_PAIR = 3.0  # nats against a capital behind a small letter, or a letter of another script behind one
SAMPLED = 64 * 1024
# The most frequent characters of names and companies.
_KOREAN = (
    "김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노하곽성차주우구나민진지수영현준은미경"
    "희연재원선호석철동상기태혜숙순옥회사무역상사산업개발서울부산대시도로전화이름"
)
_JAPANESE = (
    "田中山本藤佐木村高橋伊渡辺小林加吉松井池上野川島石原前後長谷部岡青森内大太郎一二子美真由樹健式会社株"
    "有限京都市名前電話東西南北鈴"
)
_SIMPLIFIED = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗明伟芳娜敏静丽强磊军洋勇艳杰娟涛超秀霞平刚桂英小大公司有限北"
    "京上海市电话姓名地址手机"
)
_TRADITIONAL = (
    "王李張劉陳楊趙黃周吳徐孫胡朱高林何郭馬羅明偉芳娜敏靜麗強磊軍洋勇杰娟濤超秀霞平剛桂英小大公司有限台北"
    "市電話姓名地址手機華倫"
)
# Of two bytes a character: the codec that orders its characters, the first bytes there of common ones, frequent ones.
_WIDE = {
    "cp949": ("euc_kr", (0xB0, 0xC8), frozenset(_KOREAN)),
    "gb18030": ("gb2312", (0xB0, 0xD7), frozenset(_SIMPLIFIED)),
    "big5": ("big5", (0xA4, 0xC6), frozenset(_TRADITIONAL)),
    "cp932": ("shift_jis", (0x88, 0x97), frozenset(_JAPANESE)),
    "euc_jp": ("shift_jis", (0x88, 0x97), frozenset(_JAPANESE)),
}
_OF_FREQUENT, _OF_COMMON, _OF_RARE = -4.5, -6.5, -9.0


@cache
def _chances(language: str) -> dict[str, float]:
    """Return the logarithm of each character's frequency among those beyond ASCII. Ranks follow Zipf's law."""
    letters, _ = _LANGUAGES[language]
    whole = sum(1 / (rank + 2) for rank in range(len(letters)))
    found = dict.fromkeys(_MARKS, log(_OF_A_MARK))
    for rank, letter in enumerate(letters):
        for form in {letter, letter.upper()}:
            if len(form) == 1 and not form.isascii():
                found[form] = log(1 / (rank + 2) / whole)
    return found


def _texts(raw: bytes) -> Iterator[tuple[str, str, str, float]]:
    """Yield (language, codec, text, nats against the codec) for every codec that can read the bytes."""
    read: dict[str, str | None] = {}
    for language, (_, codecs) in _LANGUAGES.items():
        for place, codec in enumerate(codecs):
            if codec not in read:
                try:
                    read[codec] = raw.decode(codec)
                except UnicodeDecodeError:
                    read[codec] = None
            text = read[codec]
            if text is not None:
                yield language, codec, text, _LIKELIER * place


def _wide_chance(char: str, order: str, common: tuple[int, int], frequent: Set[str]) -> float:
    """Return the logarithm of an East Asian character's frequency."""
    if char in frequent or ("ぁ" <= char <= "ヿ" and order == "shift_jis"):
        return _OF_FREQUENT
    encoded = char.encode(order, "ignore")
    if len(encoded) < 2:
        return log(_OF_ANYTHING) if not encoded else _OF_RARE
    return _OF_COMMON if common[0] <= encoded[0] <= common[1] else _OF_RARE


def _best_wide(raw: bytes) -> tuple[float, str] | None:
    """Return the score and name of the likeliest codec of two bytes a character."""
    found = []
    for codec, (order, common, frequent) in _WIDE.items():
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        counted = Counter(char for char in text if not char.isascii())
        found.append(
            (sum(_wide_chance(char, order, common, frequent) * count for char, count in counted.items()), codec)
        )
    return max(found, default=None)


def guess(raw: bytes) -> str:
    """Return the codec that explains a text best, the commonest if none does."""
    sample = raw[:SAMPLED]
    if len(raw) > SAMPLED:
        sample = sample[: sample.rfind(b"\n") + 1] or sample  # not within a character
    best = _best_wide(sample)
    against: dict[str, float] = {}
    counted: dict[str, Counter[str]] = {}
    for language, codec, text, unlikely in _texts(sample):
        if codec not in counted:
            counted[codec] = Counter(char for char in text if not char.isascii())
            against[codec] = _ODD_PAIR * _odd_pairs(text) + _RARER * (codec != "cp1252")
        chances = _chances(language)
        unknown = log(_OF_ANYTHING)
        score = sum(chances.get(char, unknown) * count for char, count in counted[codec].items())
        score -= unlikely + against[codec]
        if best is None or score > best[0]:
            best = score, codec
    return "cp1252" if best is None else best[1]


def _odd_pairs(text: str) -> int:
    """Return how many pairs of letters no word has: a capital behind a small letter, or two scripts."""
    return sum(
        one.isalpha()
        and other.isalpha()
        and ((one.islower() and other.isupper()) or (one < "\u0370") != (other < "\u0370"))
        for one, other in pairwise(text)
        if not (one.isascii() and other.isascii())
    )
