// Print from a program in JavaScript: the bytes for a printer of one's own, a job for a printer of the shop, and the paper
// of a day without a connection. Beside this file lie Kvit's kvit-client.js and kvit-slots.js (from the staff site's /static,
// or src/kvit/web/static) and, for Node, a package.json with {"type": "module"}. Make a key with the rights templates.read,
// jobs.read and jobs.print on the staff pages (Keys), then:
//
//     KVIT_KEY=kvit_… node print_from_javascript.mjs http://127.0.0.1:7003 virtual

import { KvitClient, fillSlots, printCopies } from "./kvit-client.js";

const [origin = "http://127.0.0.1:7003", printer = "virtual"] = process.argv.slice(2);
const kvit = new KvitClient({ origin, key: process.env.KVIT_KEY });

const sale = {
  number: "A-1742",
  time: "2026-11-21T12:34:00+00:00",
  shop: { name: "Corner Cafe" },
  items: [{ name: "Flat white", quantity: 2000, price: 450, total: 900 }],
  total: 900,
};

// 1. The bytes for a printer this program writes to itself.
const paper = await kvit.render({ business: "shopping", data: sale, printer: "sprt58" });
console.log(`paper: ${paper.bytes.length} bytes, ${paper.hash}`);

// 2. The same without a connection: the pack is kept from now on, filling it asks nobody.
const pack = await kvit.offline("shopping", { printer: "sprt58" });
console.log(`offline: ${Buffer.from(fillSlots(pack, sale)).toString("hex")}`);

// 3. Two copies on a printer of the shop, one after the other; the first error ends it.
const done = await printCopies(2, async (copy) => {
  const job = await kvit.print({ business: "shopping", data: sale, printer, title: sale.number }, `${sale.number}-${copy}`);
  return (await kvit.watchJob(job.id, (now) => console.log(`copy ${copy}: ${now.state}`))).state;
});
console.log(`done: ${JSON.stringify(done)}`);
