// node-signpdf as a producer:   sign.js KEY.p12 IN.pdf OUT.pdf [WARM]
// With WARM it signs so many times more in the same process and prints the median in seconds.
"use strict";
const fs = require("fs");
const { plainAddPlaceholder } = require("@signpdf/placeholder-plain");
const { P12Signer } = require("@signpdf/signer-p12");
const signpdf = require("@signpdf/signpdf").default;

async function sign([key, from, to]) {
  const pdf = plainAddPlaceholder({
    pdfBuffer: fs.readFileSync(from), reason: "", contactInfo: "", name: "", location: "", signatureLength: 16384,
  });
  fs.writeFileSync(to, await signpdf.sign(pdf, new P12Signer(fs.readFileSync(key), { passphrase: "" })));
}

async function main(args) {
  const taken = [];
  await sign(args);
  for (let i = 0; i < Number(args[3] || 0); i++) {
    const start = process.hrtime.bigint();
    await sign(args);
    taken.push(Number(process.hrtime.bigint() - start) / 1e9);
  }
  if (taken.length) console.log(taken.sort((a, b) => a - b)[taken.length >> 1]);
}

main(process.argv.slice(2)).catch((why) => { console.error(String(why)); process.exit(1); });
