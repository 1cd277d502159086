// Writes one description of a form (JSON) by several JavaScript libraries:   node write.js FORM.json FOLDER
const fs = require("fs"), path = require("path");
const form = JSON.parse(fs.readFileSync(process.argv[2], "utf8")), folder = process.argv[3];
const day = (cell) => new Date(cell.value + "T00:00:00Z");

async function exceljs(file) {
  const book = new (require("exceljs").Workbook)();
  for (const described of form.sheets) {
    const sheet = book.addWorksheet(described.name, described.hidden ? { state: "hidden" } : {});
    for (const cell of described.cells) {
      const target = sheet.getCell(cell.row, cell.column);
      target.value = cell.type === "date" ? day(cell) : cell.value;
      if (cell.type === "date") target.numFmt = "dd/mm/yyyy";
    }
    for (const row of described.hidden_rows) sheet.getRow(row).hidden = true;
  }
  await book.xlsx.writeFile(file);
}

async function sheetjs(file) {
  const xlsx = require("xlsx"), book = xlsx.utils.book_new();
  for (const described of form.sheets) {
    const sheet = {};
    let rows = 1, columns = 1;
    for (const cell of described.cells) {
      const at = xlsx.utils.encode_cell({ r: cell.row - 1, c: cell.column - 1 });
      const serial = cell.type === "date" && day(cell).getTime() / 86400000 + 25569;
      sheet[at] = cell.type === "date" ? { t: "n", v: serial, z: "dd/mm/yyyy" }
        : cell.type === "number" ? { t: "n", v: cell.value } : cell.type === "boolean" ? { t: "b", v: cell.value } : { t: "s", v: cell.value };
      rows = Math.max(rows, cell.row), columns = Math.max(columns, cell.column);
    }
    sheet["!ref"] = xlsx.utils.encode_range({ s: { r: 0, c: 0 }, e: { r: rows - 1, c: columns - 1 } });
    sheet["!rows"] = [];
    for (const row of described.hidden_rows) sheet["!rows"][row - 1] = { hidden: true };
    xlsx.utils.book_append_sheet(book, sheet, described.name);
  }
  book.Workbook = { Sheets: form.sheets.map((s) => ({ name: s.name, Hidden: s.hidden ? 1 : 0 })) };
  xlsx.writeFile(book, file, { bookSST: true, compression: true });
}

async function xlsxpopulate(file) {
  const book = await require("xlsx-populate").fromBlankAsync();
  for (const described of form.sheets) {
    const sheet = book.addSheet(described.name);
    for (const cell of described.cells) {
      const target = sheet.cell(cell.row, cell.column);
      if (cell.type === "date") target.value(day(cell).getTime() / 86400000 + 25569).style("numberFormat", "dd/mm/yyyy");
      else target.value(cell.value);
    }
    for (const row of described.hidden_rows) sheet.row(row).hidden(true);
    if (described.hidden) sheet.hidden(true);
  }
  book.deleteSheet("Sheet1");
  await book.toFileAsync(file);
}

(async () => {
  for (const writer of [exceljs, sheetjs, xlsxpopulate]) await writer(path.join(folder, writer.name + ".xlsx"));
})();
