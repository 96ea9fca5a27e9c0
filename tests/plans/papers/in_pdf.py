"""Plans in PDF, composed for the tests: provinces, names, numbers and sums are invented."""

# ruff: noqa: E501 -- a line of the paper is a line here

from __future__ import annotations

import unicodedata

from weasyprint import HTML

_STYLE = """
@page { size: A4; margin: 20mm 15mm 20mm 30mm; @top-center { content: counter(page); font: 13pt serif } }
@page :first { @top-center { content: none } }
@page wide { size: A4 landscape; margin: 20mm 15mm }
body { font: 14pt/1.3 "Liberation Serif", "Tinos", serif; margin: 0; text-align: justify }
.head, .end { display: table; width: 100%; text-align: center; line-height: 1.2 }
.head > div, .end > div { display: table-cell; vertical-align: top }
.head > div:first-child { width: 66mm } .head { font-size: 12.5pt } .head b { white-space: nowrap }
.end { margin-top: 12pt } .end > div:first-child { width: 75mm; font-size: 11pt; text-align: left }
.end .space { height: 22mm }
h1 { font-size: 14pt; text-align: center; margin: 12pt 0 0 } .title { text-align: center; font-weight: bold; margin: 0 0 12pt }
p { margin: 0 0 6pt; text-indent: 10mm } .head p, .end p, .title, td p { text-indent: 0; margin: 0 }
table { border-collapse: collapse; width: 100%; font-size: 12pt; line-height: 1.25; text-align: left; margin-bottom: 8pt }
td, th { border: .5pt solid black; padding: 2pt 4pt; vertical-align: top } thead { display: table-header-group }
.wide { page: wide; break-before: page } .wide table { font-size: 11pt } .plain p { text-indent: 0 } .plain { text-align: left }
"""


def _pdf(body: str) -> bytes:
    return HTML(string=f"<html lang='vi'><style>{_STYLE}</style><body>{body}</body></html>").write_pdf()


def _head(left: list[str], place: str) -> str:
    names = "".join(f"<p>{line}</p>" for line in left)
    motto = "<p><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b></p><p><b>Độc lập - Tự do - Hạnh phúc</b></p>"
    return f"<div class=head><div>{names}</div><div>{motto}<p><i>{place}</i></p></div></div>"


def _end(recipients: list[str], lines: list[str], name: str) -> str:
    left = "<p><b><i>Nơi nhận:</i></b></p>" + "".join(f"<p>- {each}</p>" for each in recipients)
    right = "".join(f"<p><b>{line}</b></p>" for line in lines) + f"<div class=space></div><p><b>{name}</b></p>"
    return f"<div class=end><div>{left}</div><div>{right}</div></div>"


def _table(*rows: list[str], head: int = 1) -> str:
    def cells(row: list[str], tag: str) -> str:
        return "".join(f"<{tag}>" + text.replace("\n", "<br>") + f"</{tag}>" for text in row)

    top = "".join(f"<tr>{cells(row, 'th')}</tr>" for row in rows[:head])
    return f"<table><thead>{top}</thead>" + "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows[head:]) + "</table>"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{line.strip()}</p>" for line in text.strip().splitlines())


def long_plan() -> bytes:
    """Three pages with numbers, wrapped and justified text, a table over two pages whose head is repeated."""
    rows = [
        [
            str(number),
            f"Khảo sát, đánh giá thực trạng áp dụng Hệ thống quản lý chất lượng tại cụm thi đua số {number:02d} và hướng "
            "dẫn khắc phục những điểm chưa phù hợp",
            "Chi cục Tiêu chuẩn Đo lường Chất lượng",
            "Các sở, ban, ngành;\nUBND các huyện, thành phố",
            f"Tháng {number}/2024",
        ]
        for number in range(1, 13)
    ]
    return _pdf(
        _head(["ỦY BAN NHÂN DÂN", "<b>TỈNH TRƯỜNG SƠN</b>", "Số: 18/KH-UBND"], "Trường Sơn, ngày 22 tháng 01 năm 2024")
        + "<h1>KẾ HOẠCH</h1><p class=title>Triển khai xây dựng, áp dụng, duy trì và cải tiến Hệ thống quản lý chất lượng "
        "theo Tiêu chuẩn quốc gia TCVN ISO 9001:2015 vào hoạt động của các cơ quan hành chính nhà nước tỉnh Trường Sơn "
        "năm 2024</p>"
        + _paragraphs(
            """Căn cứ Quyết định số 19/2014/QĐ-TTg ngày 05 tháng 3 năm 2014 của Thủ tướng Chính phủ về việc áp dụng Hệ thống
            quản lý chất lượng theo tiêu chuẩn quốc gia TCVN ISO 9001:2008 vào hoạt động của các cơ quan, tổ chức;
            """.replace("\n            quản", " quản")
            + """Thực hiện Kế hoạch số 278/KH-UBND ngày 13 tháng 12 năm 2020 của Ủy ban nhân dân tỉnh, Ủy ban nhân dân tỉnh ban hành Kế hoạch triển khai năm 2024 như sau:
            I. MỤC ĐÍCH, YÊU CẦU
            1. Mục đích
            - Tạo lập môi trường làm việc khoa học để cán bộ, công chức giải quyết công việc cho tổ chức, cá nhân nhanh hơn, đúng thẩm quyền và công khai.
            - Nâng cao hiệu lực, hiệu quả quản lý nhà nước.
            2. Yêu cầu
            - Một trăm phần trăm cơ quan hành chính nhà nước trên địa bàn tỉnh duy trì, cải tiến hệ thống và được đánh giá ít nhất một lần trong năm.
            II. NỘI DUNG VÀ TIẾN ĐỘ THỰC HIỆN"""
        )
        + _table(["TT", "Nội dung", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện"], *rows)
        + _paragraphs(
            """III. KINH PHÍ THỰC HIỆN
            Kinh phí thực hiện Kế hoạch là 1.250.000.000 đồng (Bằng chữ: Một tỷ hai trăm năm mươi triệu đồng) từ nguồn sự nghiệp khoa học và công nghệ năm 2024 đã giao cho Sở Khoa học và Công nghệ.
            IV. TỔ CHỨC THỰC HIỆN
            1. Sở Khoa học và Công nghệ
            - Chủ trì, phối hợp với các cơ quan, đơn vị liên quan tổ chức thực hiện Kế hoạch; theo dõi, đôn đốc, kiểm tra và định kỳ báo cáo Ủy ban nhân dân tỉnh kết quả thực hiện.
            2. Các sở, ban, ngành và Ủy ban nhân dân các huyện, thành phố
            - Bố trí nhân lực, kinh phí để duy trì, cải tiến hệ thống tại cơ quan, đơn vị mình.
            Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, các cơ quan, đơn vị phản ánh về Sở Khoa học và Công nghệ để tổng hợp, báo cáo Ủy ban nhân dân tỉnh xem xét, quyết định./."""
        )
        + _end(
            [
                "Bộ Khoa học và Công nghệ (để b/c);",
                "Thường trực Tỉnh ủy, HĐND tỉnh;",
                "Các sở, ban, ngành;",
                "Lưu: VT, KGVX.",
            ],
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
            "Hà Quang Trưởng",
        )
    )


def landscape_annex() -> bytes:
    """Tasks in the text, their months and money in a landscape annex with merged heads and groups over the whole width."""
    months = "".join(f"<th>{month}</th>" for month in range(1, 13))

    def row(number: str, title: str, who: str, marked: set[int], money: str) -> str:
        cells = "".join(f"<td>{'x' if month in marked else ''}</td>" for month in range(1, 13))
        return f"<tr><td>{number}</td><td>{title}</td><td>{who}</td>{cells}<td>{money}</td></tr>"

    return _pdf(
        _head(
            ["UBND TỈNH CỬA LÒ", "<b>SỞ KHOA HỌC</b>", "<b>VÀ CÔNG NGHỆ</b>", "Số: 402/KH-SKHCN"],
            "Cửa Lò, ngày 10 tháng 4 năm 2023",
        )
        + "<h1>KẾ HOẠCH</h1><p class=title>Áp dụng thí điểm TCVN ISO 18091:2020 tại cấp xã năm 2023</p>"
        + _paragraphs(
            """Căn cứ Công văn số 700/BKHCN-TĐC ngày 20/3/2023 của Bộ Khoa học và Công nghệ;
            Sở Khoa học và Công nghệ xây dựng Kế hoạch như sau:
            I. MỤC TIÊU
            Hai xã thí điểm tự đánh giá được theo 39 chỉ số của TCVN ISO 18091:2020.
            II. NHIỆM VỤ
            1. Khảo sát, chọn 02 xã tham gia thí điểm.
            2. Đào tạo kiến thức về TCVN ISO 18091:2020.
            3. Tổng kết, báo cáo Ủy ban nhân dân tỉnh.
            (Nội dung, tiến độ và kinh phí tại Phụ lục kèm theo)
            III. KINH PHÍ
            Từ nguồn sự nghiệp khoa học và công nghệ giao năm 2023.
            IV. TỔ CHỨC THỰC HIỆN
            1. Chi cục Tiêu chuẩn Đo lường Chất lượng: chủ trì thực hiện Kế hoạch.
            2. Văn phòng Sở: bố trí kinh phí theo quy định./."""
        )
        + _end(["UBND tỉnh (b/c);", "Lưu: VT, TĐC."], ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "Lò Thị Inh")
        + "<div class=wide><h1>PHỤ LỤC</h1><p class=title>NỘI DUNG, TIẾN ĐỘ VÀ KINH PHÍ</p>"
        "<p class=title><i>(Kèm theo Kế hoạch số 402/KH-SKHCN ngày 10/4/2023)</i></p>"
        "<table><thead><tr><th rowspan=2>TT</th><th rowspan=2>Nội dung công việc</th><th rowspan=2>Đơn vị thực hiện</th>"
        f"<th colspan=12>Thời gian thực hiện (tháng)</th><th rowspan=2>Kinh phí (triệu đồng)</th></tr><tr>{months}</tr></thead>"
        "<tr><td colspan=16>A. Nội dung chi từ ngân sách tỉnh</td></tr>"
        + row("1", "Khảo sát, chọn 02 xã tham gia thí điểm", "Chi cục TCĐLCL", {4, 5}, "30")
        + row("2", "Đào tạo kiến thức về TCVN ISO 18091:2020", "Chi cục TCĐLCL;<br>UBND xã", {6}, "42,5")
        + row("3", "Tổng kết, báo cáo Ủy ban nhân dân tỉnh", "Sở KH&amp;CN", {11, 12}, "12")
        + "<tr><td colspan=15>Tổng cộng</td><td>84,5</td></tr></table></div>"
    )


def ragged_programme() -> bytes:
    """A programme without a table, left aligned, no indents, letters with their marks apart (NFD)."""
    return _pdf(
        unicodedata.normalize(
            "NFD",
            _head(
                ["UBND THÀNH PHỐ VĨNH AN", "<b>SỞ NỘI VỤ</b>", "Số:      /CTr-SNV"],
                "Vĩnh An, ngày      tháng 6 năm 2025",
            )
            + "<div class=plain><h1>CHƯƠNG TRÌNH</h1><p class=title>Nâng cao chất lượng Hệ thống quản lý ISO 9001:2015 giai đoạn 2025 - 2026</p>"
            + _paragraphs(
                """Căn cứ Luật Cán bộ, công chức;
                I. MỤC ĐÍCH
                Cải tiến các quy trình nội bộ gắn với kết quả giải quyết thủ tục hành chính của từng phòng chuyên môn thuộc Sở Nội vụ thành phố.
                II. NHIỆM VỤ
                1. Rà soát, cắt giảm bước trung gian trong các quy trình giải quyết thủ tục hành chính thuộc thẩm quyền của Sở
                - Chủ trì: Phòng Cải cách hành chính.
                - Phối hợp: các phòng chuyên môn, Văn phòng Sở.
                - Thời gian: Từ tháng 7/2025 đến hết quý I/2026.
                - Sản phẩm: Báo cáo rà soát.
                2. Tổ chức 02 lớp tập huấn cho công chức
                - Chủ trì: Văn phòng Sở.
                - Thời gian: Quý IV/2025.
                - Kinh phí: 36 triệu đồng.
                3. Tự đánh giá hằng năm
                - Chủ trì: Ban chỉ đạo ISO của Sở.
                - Thời gian: Trước 15/12/2025.
                III. KINH PHÍ
                Từ nguồn chi thường xuyên của Sở.
                IV. TỔ CHỨC THỰC HIỆN
                Giao Văn phòng Sở theo dõi, đôn đốc, báo cáo Giám đốc Sở./."""
            )
            + "</div>"
            + _end(["UBND thành phố (b/c);", "Lưu: VT."], ["GIÁM ĐỐC"], "Lý Thị Thu Hà"),
        )
    )


def quarters_plan() -> bytes:
    """Quarters as columns with marks, a column of numbers under the head, a framed mark, tasks of two bodies."""
    marks = [["x", "x", "", ""], ["", "", "x", ""], ["", "", "", "x"]]
    tasks = [
        ("Kiện toàn Ban Chỉ đạo ISO", "Sở Nội vụ"),
        ("Đánh giá nội bộ tại 25 sở, ngành", "Tổ chuyên gia"),
        ("Chấm điểm, xếp hạng năm 2026", "Ban Chỉ đạo ISO"),
    ]
    return _pdf(
        _head(["TỈNH HOÀNH SƠN", "<b>BAN CHỈ ĐẠO ISO</b>", "Số: 01/KH-BCĐ"], "Hoành Sơn, ngày 05 tháng 01 năm 2026")
        + "<h1>KẾ HOẠCH</h1><p class=title>Công tác năm 2026 của Ban Chỉ đạo ISO tỉnh</p>"
        + _paragraphs(
            """Căn cứ Quy chế hoạt động của Ban Chỉ đạo ISO tỉnh ban hành kèm theo Quyết định số 55/QĐ-BCĐ ngày 02/02/2024;
            I. MỤC ĐÍCH
            Giữ vững kết quả áp dụng TCVN ISO 9001:2015 trong các cơ quan hành chính.
            II. TIẾN ĐỘ THỰC HIỆN"""
        )
        + _table(
            [
                "TT",
                "Nhiệm vụ",
                "Cơ quan thực hiện",
                "Quý I/2026",
                "Quý II/2026",
                "Quý III/2026",
                "Quý IV/2026",
                "Ghi chú",
            ],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"],
            *(
                [f"{number}.", title, who, *marked, "Theo Quyết định riêng" if number == 1 else ""]
                for number, ((title, who), marked) in enumerate(zip(tasks, marks, strict=True), 1)
            ),
        )
        + _paragraphs(
            """III. KINH PHÍ
            Ngân sách tỉnh cấp cho Ban Chỉ đạo năm 2026: 95.000.000 đồng.
            IV. TỔ CHỨC THỰC HIỆN
            1. Các thành viên Ban Chỉ đạo thực hiện nhiệm vụ theo phân công của Trưởng Ban.
            2. Sở Khoa học và Công nghệ tổng hợp, báo cáo Trưởng Ban trước ngày 20 tháng cuối quý./."""
        )
        + _end(
            ["Thành viên BCĐ;", "Lưu: VT, SKHCN."],
            ["TM. BAN CHỈ ĐẠO", "TRƯỞNG BAN"],
            "Đào Duy Khánh",
        )
    )


PDF = {
    "long": long_plan,
    "landscape": landscape_annex,
    "ragged": ragged_programme,
    "quarters": quarters_plan,
}
