"""The papers of an invented district as offices publish them: no manifest, other words, other layouts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import docx
from workbooks import save_xlsx

Rows = Sequence[Sequence[str]]

_CIVIL_AFFAIRS = (
    ("岚川市枫溪区民政局权责事项一览表（2025年版）", "", "", "", "", "", ""),
    ("填报单位：枫溪区民政局", "", "", "", "", "", "2025年3月18日"),
    ("序号", "职权名称", "", "职权类别", "实施依据", "实施主体", "责任处室"),
    ("", "主项", "子项", "", "", "", ""),
    ("一、行政许可（2项）", "", "", "", "", "", ""),
    (
        "1",
        "民办非企业单位登记",
        "成立登记",
        "行政许可",
        "《民办非企业单位登记管理暂行条例》第五条",
        "枫溪区民政局",
        "社会组织科",
    ),
    ("", "", "变更登记", "", "", "", ""),
    (
        "2",
        "公墓建设审批",
        "",
        "行政许可",
        "《殡葬管理条例》第八条",
        "枫溪区民政局",
        "殡葬事务科",
    ),
    ("二、行政给付（1项）", "", "", "", "", "", ""),
    (
        "3",
        "最低生活保障对象认定",
        "",
        "行政给付",
        "《社会救助暂行办法》第十一条",
        "枫溪区民政局",
        "社会救助科",
    ),
)
_MERGES = ("A1:G1", "B3:C3", *(f"{c}3:{c}4" for c in "ADEFG"), *(f"{c}6:{c}7" for c in "ABDEFG"))
_HANDED_DOWN = (
    ("枫溪区赋予街道（镇）行政权力事项目录（第二批）", "", "", "", "", "", "", ""),
    (
        "序号",
        "事项名称",
        "权力类型",
        "原实施部门",
        "承接方式",
        "东湖街道",
        "北关街道",
        "石桥镇",
    ),
    (
        "1",
        "对乱涂写、乱张贴广告行为的处罚",
        "行政处罚",
        "枫溪区城市管理局",
        "直接赋权",
        "√",
        "√",
        "",
    ),
    (
        "2",
        "临时占用城市道路审批",
        "行政许可",
        "枫溪区城市管理局",
        "委托实施",
        "√",
        "",
        "",
    ),
    ("注：本目录自2025年6月1日起施行，有效期三年。", "", "", "", "", "", "", ""),
)
_TOWN = (
    ("石桥镇人民政府权力清单和责任清单", "", "", "", ""),
    ("编码", "项目名称", "职权类型", "办理依据", "承办机构"),
    (
        "SQ-001",
        "农村宅基地审批",
        "行政许可",
        "《中华人民共和国土地管理法》第六十二条",
        "村镇建设办公室",
    ),
    (
        "SQ-002",
        "对损坏村庄公共设施的处罚",
        "行政处罚",
        "《村庄和集镇规划建设管理条例》第三十九条",
        "综合行政执法队",
    ),
)
_BRANCH = (
    ("岚川市生态环境局枫溪分局权力和责任清单（2024年本）", "", "", ""),
    ("序号", "事项名称", "事项类型", "责任科室"),
    ("1", "排污许可", "行政许可", "行政审批科"),
    ("2", "对夜间施工噪声扰民的处罚", "行政处罚", "执法大队"),
)
_WATER = (
    ("编号", "职权类型", "职权名称", "设定依据", "承办科室"),
    ("1", "行政许可", "取水许可", "《中华人民共和国水法》第四十八条", "水资源管理科"),
    (
        "2",
        "行政许可",
        "农药经营许可（限制使用农药除外）",
        "《农药管理条例》第二十四条",
        "植保科",
    ),
)
_STREET = (
    (
        "基本履职事项清单",
        (
            ("序号", "类别", "履职事项"),
            ("1", "民生服务", "受理居民最低生活保障申请，开展入户调查、民主评议和公示"),
        ),
    ),
    (
        "配合履职事项清单",
        (
            ("序号", "履职事项", "牵头部门", "牵头部门职责", "街道配合职责"),
            ("1", "困境儿童关爱保护", "枫溪区民政局", "建立困境儿童台账", "摸排困境儿童"),
        ),
    ),
    (
        "上级收回事项清单",
        (
            ("序号", "事项名称", "收回部门", "收回后工作方式"),
            ("1", "对社会组织开展年度检查", "枫溪区民政局", "由区民政局直接办理"),
        ),
    ),
)
_CITY_MANAGEMENT = """岚川市枫溪区城市管理局职能配置、内设机构和人员编制规定
第一条　枫溪区城市管理局是区政府工作部门，加挂枫溪区综合行政执法局牌子。
第二条　区城市管理局主要职责是：
（一）负责城市市容环境卫生管理，查处乱涂写、乱张贴、占道经营行为。
（二）负责城市道路临时占用、挖掘的审批。
第三条　区城市管理局设下列内设机构：
（一）市容管理科。承担市容市貌、户外广告管理；负责临时占用城市道路审批。
（二）环境卫生科。承担生活垃圾分类和清运管理。
第四条　与有关部门的职责分工。
（一）关于餐饮油烟污染监管。岚川市生态环境局枫溪分局负责餐饮油烟排放的监测；区城市管理局负责对超标排放油烟的餐饮服务单位进行处罚。
（二）关于犬类管理。岚川市公安局枫溪分局负责养犬登记、查处无证养犬；区城市管理局负责查处携犬人不清理犬粪的行为；区农业农村和水务局负责犬只免疫。
第五条　本规定自2025年2月10日起施行。"""
_TRUSTEE = """岚川市枫溪区人民政府关于枫溪高新技术产业开发区托管北关街道有关事项的通知
枫政发〔2025〕11号
一、自2025年7月1日起，北关街道由枫溪高新技术产业开发区管理委员会托管。
二、托管期间，北关街道辖区内的企业投资项目备案由枫溪高新技术产业开发区管理委员会负责。
三、原枫溪区建设局更名为枫溪区住房和城乡建设局。
枫溪区人民政府
2025年6月20日"""


def write_papers(folder: Path) -> Path:
    """All papers of 岚川市枫溪区 in one folder, as different offices would hand them in."""
    folder.mkdir()
    save_xlsx(folder / "附件1：区民政局权责一览.xlsx", _CIVIL_AFFAIRS, merges=_MERGES)
    save_xlsx(folder / "附件2 街镇赋权目录.xlsx", _HANDED_DOWN, merges=("A1:H1",))
    save_xlsx(folder / "石桥镇.xlsx", _TOWN, merges=("A1:E1",))
    save_xlsx(folder / "枫溪分局.xlsx", _BRANCH, merges=("A1:D1",))
    _save_table(
        folder / "水务.docx", "枫溪区农业农村和水务局（枫溪区乡村振兴局）行政职权目录", _WATER
    )
    _save_text(folder / "城管局三定.docx", _CITY_MANAGEMENT)
    _save_text(folder / "枫政发〔2025〕11号.docx", _TRUSTEE)
    page = "".join(f"<h2>{heading}</h2>{_html(rows)}" for heading, rows in _STREET)
    title = "岚川市枫溪区东湖街道履职事项清单"
    head = f"<html><head><meta charset='utf-8'></head><body><h1>{title}</h1><p>发布时间：2025-05-20</p>"
    (folder / "东湖街道.html").write_text(f"{head}{page}</body></html>", "utf-8")
    return folder


def _html(rows: Rows) -> str:
    lines = ("".join(f"<td>{text}</td>" for text in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _save_table(path: Path, title: str, rows: Rows) -> None:
    paper = docx.Document()
    paper.add_paragraph(title)
    table = paper.add_table(rows=len(rows), cols=len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    paper.save(path)


def _save_text(path: Path, text: str) -> None:
    paper = docx.Document()
    for line in text.splitlines():
        paper.add_paragraph(line)
    paper.save(path)
