"""Plans in Word, composed for the tests: provinces, names, numbers and sums are invented."""

from __future__ import annotations

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm

from tests.factories.word import columns, document, fill, numbered_list, paragraph, rows, saved

MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")


def numbered_plan() -> bytes:
    """Every label drawn by Word: parts I–IV, items 1–3 that begin anew, bullets; lead and support in a table."""
    made = document()
    columns(
        made,
        ("ỦY BAN NHÂN DÂN", "TỈNH SÔNG LAM", "Số: 64/KH-UBND"),
        (*MOTTO, "Sông Lam, ngày 05 tháng 3 năm 2025"),
    )
    for text in (
        "",
        "KẾ HOẠCH",
        "Áp dụng Hệ thống quản lý chất lượng theo TCVN ISO 9001:2015",
        "tại các cơ quan hành chính tỉnh Sông Lam năm 2025",
        "",
        "Căn cứ Quyết định số 19/2014/QĐ-TTg ngày 05/3/2014 của Thủ tướng Chính phủ;",
        "Theo đề nghị của Giám đốc Sở Khoa học và Công nghệ tại Tờ trình số 31/TTr-SKHCN ngày 20/02/2025,",
        "Ủy ban nhân dân tỉnh ban hành Kế hoạch như sau:",
    ):
        paragraph(made, text)
    parts = numbered_list(made, ("upperRoman", "%1."), ("decimal", "%2."))
    bullets = numbered_list(made, ("bullet", "-"), ("bullet", "\uf0b7"))
    paragraph(made, "MỤC ĐÍCH, YÊU CẦU", number=parts)
    paragraph(made, "Mục đích", number=parts, level=1)
    paragraph(made, "Duy trì hệ thống theo TCVN ISO 9001:2015 tại các sở, ngành.", number=bullets)
    paragraph(made, "Giảm thời gian giải quyết hồ sơ của tổ chức, cá nhân.", number=bullets)
    paragraph(made, "Yêu cầu", number=parts, level=1)
    paragraph(made, "Việc đánh giá phải khách quan, có minh chứng.", number=bullets)
    paragraph(made, "NHIỆM VỤ VÀ TIẾN ĐỘ", number=parts)
    table = rows(
        made,
        ("TT", "Nội dung công việc", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện", "Sản phẩm"),
        ("", "Rà soát, cập nhật tài liệu hệ thống", "Các sở, ngành", "Sở KH&CN", "Quý I, II/2025", "Bộ tài liệu"),
        (
            "",
            "Tập huấn đánh giá nội bộ (03 lớp)",
            "Sở KH&CN",
            "Sở Nội vụ\nUBND các huyện, thành phố",
            "Tháng 4-6/2025",
            "03 lớp",
        ),
        ("", "Kiểm tra việc duy trì hệ thống", "Đoàn kiểm tra", "", "Trước ngày 30/11/2025", "Báo cáo kết quả"),
    )
    order = numbered_list(made, ("decimal", "%1"))
    for row in table.rows[1:]:
        row.cells[0].paragraphs[0]._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{order}"/></w:numPr>')
        )
    paragraph(made, "KINH PHÍ", number=parts)
    paragraph(made, "Tổng kinh phí: 350.000.000 đồng, từ nguồn ngân sách tỉnh năm 2025.")
    paragraph(made, "TỔ CHỨC THỰC HIỆN", number=parts)
    paragraph(made, "Sở Khoa học và Công nghệ", number=parts, level=1)
    paragraph(made, "Chủ trì, đôn đốc việc thực hiện Kế hoạch.", number=bullets)
    paragraph(made, "Tổng hợp, báo cáo Ủy ban nhân dân tỉnh trước ngày 15/12/2025.", number=bullets)
    paragraph(made, "Sở Tài chính", number=parts, level=1)
    paragraph(made, "Bố trí kinh phí theo quy định.", number=bullets)
    paragraph(made, "Trên đây là Kế hoạch của Ủy ban nhân dân tỉnh, yêu cầu các cơ quan, đơn vị thực hiện./.")
    columns(
        made,
        ("Nơi nhận:", "- Bộ KH&CN (để b/c);", "- Các sở, ngành;", "- Lưu: VT, KGVX."),
        ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "", "", "Cao Bá Thịnh"),
    )
    return saved(made)


def decision_with_annex() -> bytes:
    """Articles numbered by Word; behind the signature a landscape annex with groups over merged rows, months, money."""
    made = document()
    columns(
        made,
        ("UBND TỈNH ĐẠI NGÀN", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Số:      /QĐ-SKHCN"),
        (*MOTTO, "Đại Ngàn, ngày      tháng 01 năm 2026"),
    )
    for text in (
        "QUYẾT ĐỊNH",
        "Phê duyệt Kế hoạch áp dụng TCVN ISO 18091:2020 năm 2026",
        "",
        "GIÁM ĐỐC SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        "",
        "Căn cứ Luật Tổ chức chính quyền địa phương;",
        "Căn cứ Kế hoạch số 12/KH-UBND ngày 08/01/2026 của UBND tỉnh;",
        "Xét đề nghị của Chi cục trưởng Chi cục Tiêu chuẩn Đo lường Chất lượng.",
        "",
        "QUYẾT ĐỊNH:",
    ):
        paragraph(made, text)
    articles = numbered_list(made, ("decimal", "Điều %1."))
    paragraph(made, "Phê duyệt Kế hoạch áp dụng TCVN ISO 18091:2020 năm 2026 (Phụ lục kèm theo).", number=articles)
    paragraph(made, "Quyết định này có hiệu lực kể từ ngày ký.", number=articles)
    paragraph(
        made,
        "Chi cục trưởng Chi cục Tiêu chuẩn Đo lường Chất lượng, Kế toán Sở chịu trách nhiệm thi hành Quyết định này./.",
        number=articles,
    )
    columns(
        made,
        ("Nơi nhận:", "- Như Điều 3;", "- UBND tỉnh (b/c);", "- Lưu: VT, TĐC."),
        ("GIÁM ĐỐC", "", "", "", "Y Blơm Niê"),
    )
    section = made.add_section()
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    for text in (
        "PHỤ LỤC",
        "NỘI DUNG, TIẾN ĐỘ VÀ KINH PHÍ",
        "(Kèm theo Quyết định số      /QĐ-SKHCN ngày      tháng 01 năm 2026 của Sở Khoa học và Công nghệ)",
    ):
        paragraph(made, text)
    months = [str(month) for month in range(1, 13)]
    table = rows(
        made,
        (
            "TT",
            "Nội dung",
            "Đơn vị thực hiện",
            "Tiến độ thực hiện năm 2026 (tháng)",
            *[""] * 11,
            "Kinh phí (triệu đồng)",
        ),
        ("", "", "", *months, ""),
        ("I", "Chuẩn bị", *[""] * 14),
        ("1", "Khảo sát 04 xã thí điểm", "Chi cục TCĐLCL", "", "x", "x", "x", *[""] * 8, "45,5"),
        ("2", "Đào tạo nhận thức (02 lớp)", "Chi cục TCĐLCL; UBND các xã", *[""] * 4, "x", *[""] * 7, "60"),
        ("II", "Đánh giá", *[""] * 14),
        ("3", "Tự đánh giá 39 chỉ số", "UBND các xã thí điểm", *[""] * 6, "x", "x", "x", *[""] * 3, "120"),
        ("4", "Tổng kết", "Sở KH&CN", *[""] * 11, "x", "15"),
        ("Tổng cộng", "", "", *[""] * 12, "240,5"),
    )
    for column in (0, 1, 2, 15):
        table.cell(0, column).merge(table.cell(1, column))
    table.cell(0, 3).merge(table.cell(0, 14))
    table.cell(8, 0).merge(table.cell(8, 14))
    table.autofit = False
    for column, width in enumerate((1.4, 5.6, 4.0, *[0.8] * 12, 2.4)):
        table.columns[column].width = Cm(width)
    return saved(made)


def merged_cells_plan() -> bytes:
    """Money split over two budgets, a performer merged over rows, a text box, deleted words, capitals by format."""
    made = document()
    head = columns(made, ("UBND HUYỆN BẢN VE", "BAN CHỈ ĐẠO ISO"), MOTTO)
    below = head.add_row()
    fill(below.cells[0], "Số: 07/KH-BCĐ")
    fill(below.cells[1], "Bản Ve, ngày 14 tháng 02 năm 2025")
    _draft_box(paragraph(made))
    kind = paragraph(made)
    kind.add_run("Kế hoạch").font.all_caps = True
    title = paragraph(made, "Hoạt động của Ban Chỉ đạo ISO huyện năm 2025")
    _deleted(title, " (bản cũ)")
    paragraph(made, "Thực hiện Kế hoạch số 09/KH-UBND ngày 10/01/2025 của UBND tỉnh;")
    heading = paragraph(made)
    heading.add_run("I. Mục tiêu").font.all_caps = True
    paragraph(made, "100% xã, thị trấn công bố hệ thống phù hợp TCVN ISO 9001:2015.")
    paragraph(made, "II. NỘI DUNG THỰC HIỆN")
    table = rows(
        made,
        ("STT", "Nhiệm vụ", "Đơn vị thực hiện", "Thời hạn", "Kinh phí (nghìn đồng)", "", ""),
        ("", "", "", "", "Tổng", "Ngân sách huyện", "Ngân sách xã"),
        ("1", "Họp Ban Chỉ đạo", "Văn phòng HĐND và UBND huyện", "Hằng quý", "8.000", "8.000", ""),
        ("2", "Tập huấn cho cán bộ xã", "", "Tháng 5/2025", "40.000", "25.000", "15.000"),
        ("3", "Đánh giá nội bộ", "UBND các xã, thị trấn", "Quý III", "22.000", "", "22.000"),
        ("", "", "Tổ giúp việc", "", "", "", ""),
        ("4", "Báo cáo kết quả", "Tổ giúp việc", "Trước 15/12/2025", "", "", ""),
        ("Cộng", "", "", "", "70.000", "33.000", "37.000"),
    )
    for column in range(4):
        table.cell(0, column).merge(table.cell(1, column))
    table.cell(0, 4).merge(table.cell(0, 6))
    table.cell(2, 2).merge(table.cell(3, 2))
    for column in (0, 1, 3, 4, 5, 6):
        table.cell(4, column).merge(table.cell(5, column))
    paragraph(made, "III. KINH PHÍ THỰC HIỆN")
    paragraph(made, "Từ nguồn ngân sách huyện và ngân sách xã năm 2025.")
    paragraph(made, "IV. TỔ CHỨC THỰC HIỆN")
    paragraph(made, "1. Văn phòng HĐND và UBND huyện đôn đốc, theo dõi việc thực hiện Kế hoạch.")
    paragraph(made, "2. UBND các xã, thị trấn tổ chức thực hiện tại đơn vị mình./.")
    columns(
        made,
        ("Nơi nhận:", "- Sở KH&CN;", "- UBND các xã, thị trấn;", "- Lưu: VT."),
        ("TRƯỞNG BAN", "", "", "PHÓ CHỦ TỊCH UBND HUYỆN", "Vi Văn Pán"),
    )
    return saved(made)


def tabbed_plan() -> bytes:
    """No table at all: head and signing block set with tabs, tasks as letters that Word draws, each with attributes."""
    made = document()
    for text in (
        "SỞ Y TẾ HẢI ĐÔNG\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BỆNH VIỆN ĐA KHOA\tĐộc lập - Tự do - Hạnh phúc",
        "Số: 215/KH-BVĐK\tHải Đông, ngày 28 tháng 02 năm 2024",
        "",
        "KẾ HOẠCH",
        "Duy trì, cải tiến Hệ thống quản lý chất lượng ISO 9001:2015 năm 2024",
        "",
        "Căn cứ Thông tư số 19/2013/TT-BYT ngày 12/7/2013 của Bộ Y tế;",
        "1. Mục đích",
        "Nâng cao sự hài lòng của người bệnh.",
        "2. Nội dung thực hiện",
    ):
        paragraph(made, text)
    letters = numbered_list(made, ("lowerLetter", "%1)"))
    bullets = numbered_list(made, ("bullet", "\uf02d"))
    for title, lead, support, when in (
        ("Soát xét quy trình khám bệnh", "Phòng Quản lý chất lượng", "các khoa", "Tháng 3/2024"),
        ("Đánh giá nội bộ toàn viện", "Tổ ISO", "Phòng Điều dưỡng", "ngày 12-15/8/2024"),
        ("Xem xét của lãnh đạo", "Ban Giám đốc", "", "6 tháng cuối năm"),
    ):
        paragraph(made, title, number=letters)
        paragraph(made, f"Chủ trì: {lead};", number=bullets)
        if support:
            paragraph(made, f"Phối hợp: {support};", number=bullets)
        paragraph(made, f"Thời gian: {when}.", number=bullets)
    for text in (
        "3. Kinh phí",
        "Từ nguồn thu sự nghiệp của Bệnh viện: 48 triệu đồng.",
        "4. Tổ chức thực hiện",
        "Phòng Quản lý chất lượng theo dõi, đôn đốc các khoa, phòng thực hiện Kế hoạch./.",
        "Nơi nhận:\tGIÁM ĐỐC",
        "- Sở Y tế (b/c);",
        "- Các khoa, phòng;",
        "- Lưu: VT, QLCL.\tBS. Đỗ Thị Hạnh",
    ):
        paragraph(made, text)
    return saved(made)


def _draft_box(paragraph) -> None:
    """ "DỰ THẢO" in a text box, written twice as Word does: for itself and for old readers."""
    inside = "<w:txbxContent><w:p><w:r><w:t>DỰ THẢO</w:t></w:r></w:p></w:txbxContent>"
    paragraph._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
            'xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
            f"<wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{inside}</v:textbox>"
            "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )


def _deleted(paragraph, words: str) -> None:
    """Words that a reviewer struck out and that are still in the file."""
    struck = parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="A"><w:r><w:delText/></w:r></w:del>')
    struck.find(f".//{qn('w:delText')}").text = words
    paragraph._p.append(struck)


WORD = {
    "numbered": numbered_plan,
    "annex": decision_with_annex,
    "merged": merged_cells_plan,
    "tabbed": tabbed_plan,
}
