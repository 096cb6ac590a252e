"""Encodings told by evidence: names of many languages, in each encoding they are written in."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from planner.exchange.encodings import guess
from planner.exchange.transfer import csv_file

# by language: the encoding, and names
NAMES = {
    "es": ("cp1252", (
        "Íñigo López", "Begoña Gómez", "Andrés Ordóñez", "José Ibáñez", "María Núñez", "Ángel Ruiz", "Logroño Peña",
        "Sofía Hernández", "Raúl Jiménez", "Inés Muñoz", "Óscar Díaz", "Lucía Fernández", "Jesús Martín",
        "Mónica Cañas", "Víctor Sáez",
    )),
    "fr": ("cp1252", (
        "Hélène Lefèvre", "François Garçon", "Chloé Béranger", "Noël Dubois", "Benoît Crête", "Zoé Châtelain",
        "Jérôme Müller", "Élodie Pérez", "Agnès Gérard", "Stéphane Baïz", "Cécile Forêt", "André Prévost",
        "Maïa Lagrève", "Aurélie Côté", "Rémi Desjardins",
    )),
    "de": ("cp1252", (
        "Jürgen Müller", "Jörg Weiß", "Käthe Schäfer", "Günther Groß", "Björn Köhler", "Bärbel Größe", "Sören Böhm",
        "Anke Döring", "Uwe Krüger", "Ute Hübner", "Lars Jäger", "Silke Strauß", "Kurt Löwe", "Änne Vogt",
        "Özlem Kühn",
    )),
    "pt": ("cp1252", (
        "João Gonçalves", "Conceição Araújo", "Sebastião Simões", "Inês Magalhães", "Luís Guimarães",
        "José Antônio Brandão", "Mônica Falcão", "Tomás Leitão", "Cátia Assunção", "Rúben Mourão", "Fábio Galvão",
        "Débora Conceição", "Vânia Patrício", "Zé Sá", "Hélio Anunciação",
    )),
    "it": ("cp1252", (
        "Niccolò Forlì", "Giosuè Cantù", "Mosè Làzzari", "Nicolò Patanè", "Desirè Foà", "Zoè Bindè", "Libertà Dalò",
        "Noè Sanfilippò", "Aimè Nadè", "Natività Nardò", "Salomè Alù", "Onestà Rosè", "Trinità Brambillà",
        "Giacchè Perù", "Cosimà Zanè",
    )),
    "nl": ("cp1252", (
        "Daniëlle Königsberg", "Zoë de Vries", "Joël Kuiper", "Michaël Beïn", "Raphaël Jansen", "Chloë Bakker",
        "Noëlle Vermeer", "Daniël Smit", "René Mulder", "Andrée Visser", "Mariëtte Boer", "Thirzä Meijer",
        "Loïs Dekker", "Gaël Vos", "Naömi Peters",
    )),
    "sv": ("cp1252", (
        "Åsa Björk", "Göran Sjöström", "Märta Öberg", "Håkan Lindström", "Pär Åkesson", "Jörgen Sandström",
        "Sören Ängqvist", "Malmö Norén", "Bosse Hägg", "Åke Söderberg", "Björn Wåhlström", "Östen Lång",
        "Käre Ström", "Linnéa Sjögren", "Örjan Fält",
    )),
    "da": ("cp1252", (
        "Søren Kjær", "Jørgen Sørensen", "Åse Nørgaard", "Kåre Bjørn", "Mærsk Østergård", "Lærke Højgaard",
        "Ærø Brøndum", "Jørn Aagård", "Bjørk Sømod", "Niels Bødker", "Pælle Ågesen", "Grønne Skov", "Bærbel Møller",
        "Åge Hjorthøj", "Læsø Friis",
    )),
    "is": ("cp1252", (
        "Guðrún Þórsdóttir", "Björk Guðmundsdóttir", "Ásgeir Jónsson", "Þór Sigurðsson", "Jóhanna Sigurðardóttir",
        "Æsa Ólafsdóttir", "Ívar Árnason", "Sigríður Björnsdóttir", "Ýr Hjálmarsson", "Óðinn Þórðarson",
        "Vigdís Finnbogadóttir", "Sæunn Gísladóttir", "Höskuldur Örn", "Úlfur Magnússon", "Hafþór Björnsson",
    )),
    "ca": ("cp1252", (
        "Núria Vilà", "Jordi Solé", "Òscar Català", "Roser Güell", "Mònica Bofarull i Març", "Àngel Grifó",
        "Laia Muñiz", "Lluís Farré", "Aïda Pallarès", "Raül Balcells", "Gràcia Domènech", "Martí Bargalló",
        "Isolda Fàbregas", "Eulàlia Bosc", "Ramón Llúria",
    )),
    "pl": ("cp1250", (
        "Łukasz Wójcik", "Agnieszka Dąbrowska", "Józef Wiśniewski", "Żaneta Śliwa", "Grażyna Zając",
        "Michał Kozłowski", "Małgorzata Król", "Świętosława Łoś", "Paweł Wróbel", "Bożena Jabłońska",
        "Kraków Piątek", "Sławomir Górski", "Halina Źrebiec", "Ćwikła Mączka", "Stanisław Gołąb",
    )),
    "cs": ("cp1250", (
        "Jiří Dvořák", "Božena Němcová", "Tomáš Růžička", "Věra Žižková", "Ondřej Šťastný", "Lukáš Čížek",
        "Zdeněk Kučera", "Přemysl Ďurica", "Kateřina Nováková", "Miloš Říha", "Žaneta Šímová", "Petr Kovář",
        "Růžena Malá", "Vojtěch Veselý", "Šárka Pokorná",
    )),
    "sk": ("cp1250", (
        "Ľubomír Štefánik", "Žofia Kováčová", "Ján Ďurčo", "Zuzana Hrušková", "Róbert Šťastný", "Mária Tóthová",
        "Peter Kráľ", "Ľudmila Čierna", "Marián Žiak", "Alžbeta Fričová", "Šimon Vĺčik", "Dušan Mäsiar",
        "Tomáš Ondruš", "Ľuboš Balaž", "Nataša Vrťová",
    )),
    "hu": ("cp1250", (
        "László Kovács", "Zsófia Szőke", "Győző Tóth", "Ödön Bartók", "Ágnes Vörös", "Béla Szűcs", "Jenő Fehér",
        "Erzsébet Nagy", "Gergő Kőszegi", "Tünde Lőrincz", "Péter Fűzes", "Éva Balázs", "Csaba Török",
        "Ildikó Győri", "István Öllős",
    )),
    "hr": ("cp1250", (
        "Željko Šarić", "Ivan Đurđević", "Ana Čović", "Marko Petrović", "Živko Šimić", "Đorđe Žanić", "Nikola Tesić",
        "Dražen Babić", "Šime Čačić", "Lučka Grgić", "Iva Kovačević", "Stipe Božić", "Žana Perić", "Mišo Jurčić",
        "Tomo Đukić",
    )),
    "ro": ("cp1250", (
        "Ştefan Ionuţ", "Ion Creangă", "Mădălina Dănilă", "Raluca Bălţatu", "Mihăiţă Pârvu", "Cătălin Răducanu",
        "Gheorghe Enăchescu", "Ileana Ţepeş", "Simona Câmpeanu", "Vasile Fărcaş", "Ioana Negruţiu",
        "Lăcrămioara Înălţatu", "Bogdan Ciucă", "Marius Găină", "Crăciun Iaşi",
    )),
    "lt": ("cp1257", (
        "Jūratė Šapokaitė", "Živilė Paulauskienė", "Žydrūnas Kęsgaila", "Eglė Ąžuolaitė", "Mindaugas Čepas",
        "Rūta Žukauskienė", "Gintarė Šimkutė", "Vytautas Landsbergis", "Agnė Jučienė", "Šarūnas Jasikevičius",
        "Daiva Kėvišienė", "Česlovas Juršėnas", "Ramunė Piekautaitė", "Lukas Įsčiukas", "Aistė Diržiūtė",
    )),
    "lv": ("cp1257", (
        "Jānis Bērziņš", "Līga Kalniņa", "Ģirts Ķēniņš", "Māra Zālīte", "Pēteris Šķēle", "Žanete Ozoliņa",
        "Andris Kļaviņš", "Čārlijs Liepiņš", "Zaiga Ūdre", "Kārlis Ulmanis", "Ilze Krūmiņa", "Rūdolfs Blaumanis",
        "Ērika Jansone", "Vaira Vīķe", "Raitis Zariņš",
    )),
    "et": ("cp1257", (
        "Jüri Käär", "Tõnu Õnnepalu", "Külli Põld", "Ülle Mägi", "Väino Pärt", "Õie Rüütel", "Jaan Šmit", "Äli Žuk",
        "Mõmmi Tõll", "Küllike Saar", "Peeter Võsa", "Hõbe Jürgen", "Põhja Tütar", "Sirje Köster", "Märt Sööt",
    )),
    "tr": ("cp1254", (
        "Emre Yıldız", "Ayşe Şahin", "İbrahim Çelik", "Gülşen Işık", "Oğuz Öztürk", "Çağla Doğan", "Şükrü Kılıç",
        "Özgür Aydın", "Tuğba Güneş", "Müge Taşçı", "İsmail Koç", "Hüseyin Ünal", "Gökçe Yılmaz", "Işıl Kaya",
        "Uğur Demir",
    )),
    "ru": ("cp1251", (
        "Анна Каренина", "Пётр Иванов", "Ольга Кузнецова", "Юрий Щербаков", "Екатерина Смирнова", "Дмитрий Попов",
        "Наталья Соколова", "Сергей Михайлов", "Татьяна Фёдорова", "Эдуард Хворостовский", "Ирина Морозова",
        "Алексей Волков", "Людмила Зайцева", "Григорий Яковлев", "Мария Цветкова",
    )),
    "uk": ("cp1251", (
        "Ірина Шевченко", "Олексій Ткаченко", "Юлія Їжакевич", "Андрій Кравець", "Євген Гриценко", "Оксана Мельник",
        "Ґалина Бойко", "Сергій Коваленко", "Наталія Поліщук", "Дмитро Лисенко", "Людмила Іванченко",
        "Богдан Хмельницький", "Тетяна Кучерява", "Яків Їзюм", "Зінаїда Щур",
    )),
    "bg": ("cp1251", (
        "Георги Димитров", "Мария Иванова", "Христо Ботев", "Цветелина Стоянова", "Йордан Йовков", "Пенчо Славейков",
        "Ъгъл Вълчев", "Събка Щърбова", "Елена Николова", "Петър Стоев", "Надежда Василева", "Кирил Маринов",
        "Златко Дянков", "Ружа Тодорова", "Борис Бъчваров",
    )),
    "sr": ("cp1251", (
        "Ђорђе Марјановић", "Љубица Његош", "Милош Обреновић", "Јелена Јанковић", "Џемал Биједић", "Драган Николић",
        "Живојин Мишић", "Ћирило Петровић", "Снежана Ђурић", "Вук Караџић", "Новак Ђоковић", "Јован Јовановић",
        "Љиљана Стојић", "Горан Ивањи", "Зоран Ђинђић",
    )),
    "el": ("cp1253", (
        "Γιώργος Παπαδόπουλος", "Ελένη Δημητρίου", "Άννα Κωνσταντίνου", "Νίκος Αλεξίου", "Σοφία Χατζή",
        "Ξένια Ψαρρά", "Θεόδωρος Βασιλείου", "Μαρία Ιωάννου", "Δήμητρα Οικονόμου", "Παναγιώτης Φωτίου",
        "Χρήστος Ζαφειρόπουλος", "Αικατερίνη Γεωργίου", "Μιχάλης Ρήγας", "Ηλίας Λάμπρου", "Βάσω Καζαντζή",
    )),
    "ko": ("cp949", (
        "김민수", "박지연", "이서준", "최영희", "정하늘", "강동원", "조은비", "윤상현", "장미란", "임꺽정",
        "한가람", "오세훈", "서지수", "신동엽", "권나라",
    )),
    "ja": ("shift_jis", (
        "田中太郎", "佐藤健", "鈴木一郎", "サトウ花子", "高橋みなみ", "伊藤由美", "渡辺謙", "山本五郎", "中村獅童",
        "小林幸子", "加藤ミリヤ", "吉田沙保里", "山田孝之",
        "佐々木希", "松本潤",
    )),
    "zh": ("gb18030", (
        "王小明", "李娜", "张伟", "刘洋", "陈静", "杨丽", "赵强", "黄磊", "周杰", "吴敏", "徐涛", "孙悦", "马超",
        "朱婷", "胡军",
    )),
    "zh-tw": ("big5", (
        "王小明", "李麗華", "張偉", "劉洋", "陳靜", "楊麗", "趙強", "黃磊", "周杰倫", "吳敏", "徐濤", "孫悅",
        "馬超", "朱婷", "胡軍",
    )),
}  # fmt: skip
OTHERS = [
    ("ru", "koi8-r"), ("ru", "cp866"), ("uk", "koi8-u"), ("es", "mac-roman"), ("fr", "mac-roman"), ("de", "mac-roman"),
    ("de", "cp850"), ("pl", "iso8859-2"), ("ja", "euc-jp"),
]  # fmt: skip


def table(names: tuple[str, ...], count: int, seed: int) -> str:
    """A file of contacts whose names are drawn from some."""
    chosen = random.Random(seed).choices(names, k=count)
    rows = (f"{name},user{n}@example.com,+34 91 5550{n},X" for n, name in enumerate(chosen))
    return "\n".join(["Name,Email,Phone,City", *rows, ""])


@pytest.mark.parametrize("count", [5, 30, 300])
@pytest.mark.parametrize(("language", "codec"), [*((name, codec) for name, (codec, _) in NAMES.items()), *OTHERS])
def test_the_encoding_of_names_is_found(language: str, codec: str, count: int) -> None:
    for seed in range(5 if count == 5 else 1):
        text = table(NAMES[language][1], count, seed)
        raw = text.encode(codec, "ignore")
        assert raw.decode(guess(raw)) == raw.decode(codec)


def test_a_guess_is_said_with_words_that_show_it(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(table(NAMES["es"][1][:3], 30, 0).encode("cp1252"))
    found = csv_file.read(str(path))
    assert (found.encoding, len(found.doubtful)) == ("cp1252", 3)
    assert set(found.doubtful) <= {"Íñigo", "López", "Begoña", "Gómez", "Andrés", "Ordóñez"}
    assert csv_file.read(str(path), "cp1252").doubtful == ()
