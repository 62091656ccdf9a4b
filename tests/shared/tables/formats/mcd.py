"""A small export of the Medicare Coverage Database in its layout: all titles of every file, invented policies."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

from shared.tables.documents import Document

TITLES = {
    "article": (
        "article_id,article_version,article_type,title,article_pub_date,article_eff_date,article_end_date,description,"
        "other_comments,sad_url,status,last_updated,history_exp,key_article,icd9_covered_para,icd9_noncovered_para,"
        "revenue_para,thirty_percent,article_rev_end_date,source_article_id,date_retired,keywords,icd10_doc,"
        "add_icd10_info,cms_cov_policy,display_id,reference_article"
    ),
    "article_x_hcpc_code": (
        "article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range,last_updated,long_description,"
        "short_description"
    ),
    "article_x_icd10_covered": (
        "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group,range,last_updated,sort_order,"
        "description,asterisk"
    ),
    "article_x_icd10_noncovered": (
        "article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_group,range,last_updated,"
        "sort_order,description"
    ),
    "article_x_icd10_covered_group": (
        "article_id,article_version,icd10_covered_group,paragraph,last_updated,icd10_covered_ast"
    ),
    "article_x_icd10_noncovered_group": "article_id,article_version,icd10_noncovered_group,paragraph,last_updated",
    "article_x_contractor": (
        "article_id,article_version,article_type,contractor_id,contractor_type_id,contractor_version,last_updated"
    ),
    "article_x_primary_jurisdiction": "article_id,article_version,state_id,last_updated",
    "article_related_documents": (
        "article_id,article_version,related_num,r_article_id,r_article_version,r_lcd_id,r_lcd_version,r_contractor_id,"
        "last_updated"
    ),
    "article_related_ncd_documents": "article_id,article_version,related_num,r_ncd_id,r_ncd_version,last_updated",
    "lcd": (
        "lcd_id,lcd_version,title,determination_number,orig_det_eff_date,ent_det_end_date,rev_eff_date,rev_end_date,"
        "indication,diagnoses_support,icd9_dont_support_para,icd9_dont_support_ast,diagnoses_dont_support,"
        "coding_guidelines,doc_reqs,appendices,util_guide,source_info,adv_meeting,comment_start_dt,comment_end_dt,"
        "notice_start_dt,rev_hist_num,history_exp,last_reviewed_on,status,last_updated,cms_cov_policy,display_id,"
        "draft_contact,revenue_para,thirty_percent,keywords,associated_info,notice_end_dt,date_retired,"
        "draft_released_date,source_lcd_id,add_icd10_info,icd10_doc,synopsis_changes,bibliography,summary_of_evidence,"
        "analysis_of_evidence,mcd_publish_date,issue,issue_change,mac_initiated"
    ),
    "lcd_x_hcpc_code": (
        "lcd_id,lcd_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range,last_updated,long_description,"
        "short_description"
    ),
    "lcd_x_contractor": "lcd_id,lcd_version,contractor_id,contractor_type_id,contractor_version,last_updated",
    "lcd_x_primary_jurisdiction": "lcd_id,lcd_version,state_id,last_updated",
    "lcd_related_ncd_documents": "lcd_id,lcd_version,related_num,r_ncd_id,r_ncd_version,last_updated",
    "contractor": (
        "contractor_id,contractor_type_id,contractor_version,contractor_bus_name,contractor_number,dmerc_rgn,address1,"
        "address2,address3,city,state_id,zipcode,phone,fax,status,last_updated,url,email,ignore,status_flag,cmd_name,"
        "cmd_title,contractor_subtype_id"
    ),
    "contractor_jurisdiction": (
        "contractor_id,contractor_type_id,contractor_version,state_id,last_updated,active_date,term_date"
    ),
    "state_lookup": "state_id,state_abbrev,description",
    "ncd_trkg": (
        "NCD_id,NCD_vrsn_num,natl_cvrg_type,cvrg_lvl_cd,NCD_mnl_sect,NCD_mnl_sect_title,NCD_efctv_dt,NCD_impltn_dt,"
        "NCD_trmntn_dt,itm_srvc_desc,indctn_lmtn,xref_txt,othr_txt,trnsmtl_num,trnsmtl_issnc_dt,trnsmtl_url,"
        "chg_rqst_num,pblctn_cd,rev_hstry,under_rvw,creatd_tmstmp,last_updt_tmstmp,last_clrnc_tmstmp,NCD_lab,"
        "ncd_keyword,NCD_AMA"
    ),
}
MIDNIGHT = " 00:00:00"
Rows = Sequence[Mapping[str, object]]


def article(number: int, **cells: object) -> dict[str, object]:
    usual = {"article_version": 3, "title": f"Article {number}", "status": "A", "description": "<p>Prose\r\n</p>"}
    days = {"article_eff_date": "2026-01-01" + MIDNIGHT, "last_updated": "2026-07-09 10:11:12.130000000"}
    return {"article_id": number, **usual, **days, **cells}


def of(number: int, **cells: object) -> dict[str, object]:
    """A row that hangs on an article."""
    return {"article_id": number, "article_version": 3, **cells}


CONTRACTOR = {"contractor_type_id": 12, "contractor_version": 1}
KNEE, LUNG, SKIN = 50001, 50002, 50003
FILES: dict[str, Rows] = {
    "article": (article(KNEE), article(LUNG), article(SKIN, article_eff_date="2026-09-01" + MIDNIGHT)),
    "article_x_hcpc_code": (
        of(KNEE, hcpc_code_id="20610", hcpc_code_group=1),
        of(KNEE, hcpc_code_id="J7325", hcpc_code_group=2),
        of(KNEE, hcpc_code_id="J7326", hcpc_code_group=2),
        of(LUNG, hcpc_code_id="94010", hcpc_code_group=1),
        of(LUNG, hcpc_code_id="94060", hcpc_code_group=2),
        of(SKIN, hcpc_code_id="11042", hcpc_code_group=1),
        of(SKIN, hcpc_code_id="XX000", hcpc_code_group=2),
    ),
    "article_x_icd10_covered": (
        of(KNEE, icd10_code_id="M17.11", icd10_covered_group=1),
        of(KNEE, icd10_code_id="M17.12", icd10_covered_group=2, asterisk="Y"),
        of(KNEE, icd10_code_id="M25.561", icd10_covered_group=3),
        of(LUNG, icd10_code_id="J44.1", icd10_covered_group=1),
        of(LUNG, icd10_code_id="J45.20", icd10_covered_group=2),
    ),
    "article_x_icd10_noncovered": (
        of(SKIN, icd10_code_id="L70.0", icd10_noncovered_group=1),
        of(LUNG, icd10_code_id="XX000", icd10_noncovered_group=1),
    ),
    "article_x_icd10_covered_group": (
        of(KNEE, icd10_covered_group=1, paragraph="<p>The following support CPT code 20610 since 2015:</p>"),
        of(KNEE, icd10_covered_group=2, paragraph="&lt;p&gt;For HCPCS codes J7320&amp;ndash;J7330:&lt;/p&gt;"),
        of(KNEE, icd10_covered_group=3, paragraph="<p>For 20610, J7325</p>"),
        of(LUNG, icd10_covered_group=1, paragraph=""),
    ),
    "article_x_icd10_noncovered_group": (of(SKIN, icd10_noncovered_group=1, paragraph="<p>All of them</p>"),),
    "article_x_contractor": (
        of(KNEE, contractor_id=10, **CONTRACTOR),
        of(LUNG, contractor_id=10, **CONTRACTOR),
        of(LUNG, contractor_id=11, **CONTRACTOR),
        of(SKIN, contractor_id=11, **CONTRACTOR),
    ),
    "article_x_primary_jurisdiction": (of(KNEE, state_id=47),),
    "article_related_documents": (of(KNEE, related_num=1, r_lcd_id=33394), of(LUNG, related_num=1, r_lcd_id="")),
    "article_related_ncd_documents": (of(LUNG, related_num=1, r_ncd_id=169), of(SKIN, related_num=1, r_ncd_id=0)),
    "lcd": (
        {
            "lcd_id": 33394,
            "lcd_version": 40,
            "title": "Joint injections",
            "status": "A",
            "orig_det_eff_date": "2015-10-01" + MIDNIGHT,
            "rev_eff_date": "2026-02-01" + MIDNIGHT,
            "last_updated": "2026-07-02 10:11:12",
        },
        {
            "lcd_id": 39999,
            "lcd_version": 1,
            "title": "Proposed",
            "status": "P",
            "rev_eff_date": "2026-02-01" + MIDNIGHT,
        },
    ),
    "lcd_x_hcpc_code": ({"lcd_id": 33394, "lcd_version": 40, "hcpc_code_id": "20610", "hcpc_code_group": 1},),
    "lcd_x_contractor": ({"lcd_id": 33394, "lcd_version": 40, "contractor_id": 10, **CONTRACTOR},),
    "lcd_x_primary_jurisdiction": (),
    "lcd_related_ncd_documents": (),
    "contractor": (
        {"contractor_id": 10, **CONTRACTOR, "contractor_bus_name": "One", "contractor_number": "10312", "status": "A"},
        {"contractor_id": 11, **CONTRACTOR, "contractor_bus_name": "Two", "contractor_number": "05102", "status": "A"},
    ),
    "contractor_jurisdiction": (
        {"contractor_id": 10, **CONTRACTOR, "state_id": 47},
        {"contractor_id": 10, **CONTRACTOR, "state_id": 13, "term_date": "2020-01-01" + MIDNIGHT},
        {"contractor_id": 11, **CONTRACTOR, "state_id": 19},
        {"contractor_id": 11, **CONTRACTOR, "state_id": 20},
    ),
    "state_lookup": tuple(
        {"state_id": number, "state_abbrev": abbreviation}
        for number, abbreviation in ((13, "GA"), (19, "IA"), (20, "KS"), (47, "TN"))
    ),
    "ncd_trkg": (
        {
            "NCD_id": 169,
            "NCD_vrsn_num": 2,
            "natl_cvrg_type": "True",
            "cvrg_lvl_cd": 2,
            "NCD_mnl_sect": "240.2",
            "NCD_mnl_sect_title": "Home Use of Oxygen",
            "NCD_efctv_dt": "2021-09-27" + MIDNIGHT,
            "last_updt_tmstmp": "2026-06-08 11:49:28",
        },
        {
            "NCD_id": 20,
            "NCD_vrsn_num": 3,
            "cvrg_lvl_cd": 4,
            "NCD_mnl_sect": "30.4",
            "NCD_mnl_sect_title": "Electrosleep Therapy - RETIRED",
            "NCD_efctv_dt": "2023-04-10" + MIDNIGHT,
            "NCD_trmntn_dt": "2021-01-01" + MIDNIGHT,
        },
    ),
}
ARTICLE_EXPORT = tuple(file for file in FILES if not file.startswith(("lcd", "ncd")))
LCD_EXPORT = (
    *(file for file in FILES if file.startswith("lcd")),
    "contractor",
    "contractor_jurisdiction",
    "state_lookup",
)


def csv_text(file: str, rows: Rows) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    titles = TITLES[file].split(",")
    writer.writerow(titles)
    writer.writerows([[row.get(title, "") for title in titles] for row in rows])
    return out.getvalue()


def documents(files: Sequence[str] = tuple(FILES), **other: Rows) -> list[Document]:
    """The files of an export; `other` gives some of them other rows."""
    return [Document(f"{file}.csv", csv_text(file, other.get(file, FILES[file])).encode()) for file in files]


def zipped(files: Sequence[str], name: str) -> bytes:
    """As CMS hands it out: a zip file with the dictionary and, in another zip file, the csv files."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for document in documents(files):
            archive.writestr(document.name, document.content)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("readme_first.txt", "The data dictionary tells of each table.\r\n")
        archive.writestr(f"{name}_csv.zip", inner.getvalue())
    return outer.getvalue()
