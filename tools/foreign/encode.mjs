// Grants wishes with three encoders of the npm registry: jobs on standard input, {id, bytes in base64} on standard output.
// Run by make.py in the folder where the packages are installed; each package is used by its published interface alone.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';

const require = createRequire(`${process.cwd()}/package.json`);
const receiptline = require('receiptline');
const ReceiptPrinterEncoder = require('@point-of-sale/receipt-printer-encoder').default
  ?? require('@point-of-sale/receipt-printer-encoder');
const {ThermalPrinter, PrinterTypes, CharacterSet} = require('node-thermal-printer');

const fromHex = (hex) => Buffer.from(hex, 'hex');

/** ReceiptLine's markup; a table of bytes is its CP437 under the number the till's printer has for it. */
function byReceiptline(job) {
  const escape = (text) => text.replace(/[\\|{}~_"`^]/g, (c) => `\\${c}`).replace(/^ +/, (s) => s.replace(/ /g, '\\x20'));
  const sized = (wish, text) => {
    const marked = wish.bold && text ? `"${text}"` : text;
    return wish.size === 2 ? `^^^${marked}` : marked;
  };
  const lines = ['{border:none;width:auto}'];
  for (const wish of job.wishes) {
    if (wish.do === 'text') {
      const text = sized(wish, escape(wish.text));
      lines.push({left: `|${text} |`, center: text, right: `| ${text}|`}[wish.align]);
    } else if (wish.do === 'pair') {
      lines.push(`{width:auto}|${sized(wish, escape(wish.left))} | ${sized(wish, escape(wish.right))}|`);
      lines[lines.length - 1] = lines[lines.length - 1].replace('{width:auto}', '');
      const right = Math.min(job.columns - 2, (cells(wish.right) + 1) * wish.size);
      lines.splice(lines.length - 1, 0, `{width:* ${right}}`);
      lines.push('{width:auto}');
    } else if (wish.do === 'row') {
      lines.push(`{width:${wish.cells.map((cell) => cell[1]).join(' ')}}`);
      lines.push(`|${wish.cells.map(([text, , align]) => (align === 'right' ? ` ${escape(text)}` : `${escape(text)} `)).join('|')}|`);
      lines.push('{width:auto}');
    } else if (wish.do === 'rule') lines.push('-');
    else if (wish.do === 'qr') lines.push(`{code:${escape(wish.data)};option:qrcode,4,m}`);
    else if (wish.do === 'cut') lines.push('=');
  }
  const bytes = job.page === 'bytes';
  const command = {...receiptline.commands.escpos};
  if (bytes) command.codepage = {...command.codepage, cp437: fromHex(job.start).toString('latin1')};
  const encoding = {own: 'multilingual', bytes: 'cp437'}[job.page] ?? job.page;
  const text = receiptline.transform(lines.join('\n'), {cpl: job.columns, encoding, spacing: false, command});
  return Buffer.from(text, 'latin1');
}

const cells = (text) => [...text].reduce((n, c) => n + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6]/.test(c) ? 2 : 1), 0);

/** ReceiptPrinterEncoder: its tables, rules, sizes and automatic code pages. */
function byEncoder(job) {
  const encoder = new ReceiptPrinterEncoder({language: 'esc-pos', columns: job.columns, codepageMapping: 'epson', newline: '\n'});
  encoder.initialize();
  if (job.page === 'bytes') encoder.codepage('cp437').raw([...fromHex(job.start)]);
  else encoder.codepage('auto');
  for (const wish of job.wishes) {
    if (wish.do === 'text') {
      encoder.align(wish.align).bold(wish.bold).width(wish.size).height(wish.size).line(wish.text);
      encoder.width(1).height(1).bold(false).align('left');
    } else if (wish.do === 'pair') {
      const right = cells(wish.right);
      encoder.bold(wish.bold).width(wish.size).height(wish.size);
      encoder.table(
        [{width: Math.floor(job.columns / wish.size) - right - 1, align: 'left', marginRight: 1}, {width: right, align: 'right'}],
        [[wish.left, wish.right]]);
      encoder.width(1).height(1).bold(false);
    } else if (wish.do === 'row') {
      encoder.table(
        wish.cells.map(([, width, align]) => (align === 'left' ? {width: width - 1, align, marginRight: 1} : {width, align})),
        [wish.cells.map(([text]) => text)]);
    } else if (wish.do === 'rule') encoder.rule({style: 'single', width: job.columns});
    else if (wish.do === 'qr') encoder.qrcode(wish.data, 1, 4, 'm');
    else if (wish.do === 'cut') encoder.newline(3).cut('partial');
    else if (wish.do === 'pulse') encoder.pulse();
  }
  return Buffer.from(encoder.encode());
}

/** node-thermal-printer: its leftRight, tableCustom and lines. */
function byThermal(job) {
  const set = {bytes: CharacterSet.PC437_USA, kazakh: CharacterSet.KZ1048_KAZAKHSTAN}[job.page] ?? CharacterSet.PC858_EURO;
  const printer = new ThermalPrinter({type: PrinterTypes.EPSON, interface: 'tcp://127.0.0.1', width: job.columns, characterSet: set,
    removeSpecialCharacters: false, lineCharacter: '-'});
  if (job.page === 'kazakh') printer.add(Buffer.from([0x1b, 0x74, 53]));
  if (job.page === 'own') printer.add(Buffer.from([0x1b, 0x74, 19]));
  if (job.page === 'bytes') printer.add(fromHex(job.start));
  for (const wish of job.wishes) {
    if (wish.do === 'text') {
      if (wish.align === 'center') printer.alignCenter();
      if (wish.align === 'right') printer.alignRight();
      if (wish.size === 2) printer.setTextQuadArea();
      printer.bold(wish.bold);
      printer.println(wish.text);
      printer.bold(false);
      printer.setTextNormal();
      printer.alignLeft();
    } else if (wish.do === 'pair') {
      printer.bold(wish.bold);
      if (wish.size === 2) {
        printer.setTextQuadArea();
        printer.println(wish.left + ' '.repeat(Math.max(1, Math.floor(job.columns / 2) - wish.left.length - wish.right.length)) + wish.right);
        printer.setTextNormal();
      } else printer.leftRight(wish.left, wish.right);
      printer.bold(false);
    } else if (wish.do === 'row') {
      printer.tableCustom(wish.cells.map(([text, cols, align]) => ({text, cols, align: align.toUpperCase(), bold: wish.bold})));
    } else if (wish.do === 'rule') printer.drawLine();
    else if (wish.do === 'qr') printer.printQR(wish.data, {cellSize: 4});
    else if (wish.do === 'cut') printer.cut();
    else if (wish.do === 'pulse') printer.openCashDrawer();
  }
  return printer.getBuffer();
}

const ENCODERS = {receiptline: byReceiptline, 'receipt-printer-encoder': byEncoder, 'node-thermal-printer': byThermal};
for (const line of readFileSync(0, 'utf8').split('\n')) {
  if (!line) continue;
  const job = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({id: job.id, bytes: ENCODERS[job.encoder](job).toString('base64')})}\n`);
}
