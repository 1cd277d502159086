"""Writes one description of a form (JSON) by several Python libraries:   write.py FORM.json FOLDER"""
import datetime
import json
import pathlib
import sys

import openpyxl
import pyexcelerate
import xlsxwriter


def value_of(cell):
    return datetime.date.fromisoformat(cell["value"]) if cell["type"] == "date" else cell["value"]


def by_openpyxl(form, path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for described in form["sheets"]:
        sheet = book.create_sheet(described["name"])
        sheet.sheet_state = "hidden" if described["hidden"] else "visible"
        for cell in described["cells"]:
            sheet.cell(cell["row"], cell["column"], value_of(cell))
        for row in described["hidden_rows"]:
            sheet.row_dimensions[row].hidden = True
    book.save(path)


def by_xlsxwriter(form, path):
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for described in form["sheets"]:
        sheet = book.add_worksheet(described["name"])
        if described["hidden"]:
            sheet.hide()
        for cell in described["cells"]:
            value = value_of(cell)
            if cell["type"] == "date":
                sheet.write_datetime(cell["row"] - 1, cell["column"] - 1, datetime.datetime.combine(value, datetime.time()), day)
            elif cell["type"] == "text":
                sheet.write_string(cell["row"] - 1, cell["column"] - 1, value)
            else:
                sheet.write(cell["row"] - 1, cell["column"] - 1, value)
        for row in described["hidden_rows"]:
            sheet.set_row(row - 1, None, None, {"hidden": True})
    book.close()


def by_pyexcelerate(form, path):
    book = pyexcelerate.Workbook()
    for described in form["sheets"]:
        sheet = book.new_sheet(described["name"])
        for cell in described["cells"]:
            value = value_of(cell)
            if cell["type"] == "date":
                value = datetime.datetime.combine(value, datetime.time())
            sheet.set_cell_value(cell["row"], cell["column"], value)
    book.save(str(path))


def main():
    form = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    for writer in (by_openpyxl, by_xlsxwriter, by_pyexcelerate):
        writer(form, pathlib.Path(sys.argv[2]) / f"{writer.__name__[3:]}.xlsx")


main()
