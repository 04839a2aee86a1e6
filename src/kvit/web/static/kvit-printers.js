// @ts-check
/**
 * Printers this device reaches by itself: Web Serial, WebUSB, Web Bluetooth. Each `open…` must be called from a click, asks
 * the person for the device and gives a `Writer`; bytes go out in chunks the way takes, one after the other.
 *
 * What `write` promises is that the browser handed the bytes over, never that paper came out. Chromium has these interfaces
 * (not on iOS, where no browser has any of them: there the shop's Kvit prints). They want https, or this machine itself.
 *
 * Bluetooth: printers with Low Energy only, by the services of the usual modules; 20 bytes a piece where a printer does not
 * answer, 180 where it does. No printer was met in person: the numbers are from memory and unproven (docs/protocols/client.md).
 */

/** @typedef {{ kind: string, name: string, write(bytes: Uint8Array): Promise<void>, close(): Promise<void> }} Writer */

const SERIAL_CHUNK = 512;
const USB_CHUNK = 4096;
const BLUETOOTH_CHUNK = 180;
const BLUETOOTH_CHUNK_UNANSWERED = 20;
const USB_PRINTER_CLASS = 7;

/** Services of printers' Bluetooth modules: 18f0 (most cheap printers), ISSC/Microchip, and the modules' own numbers. */
export const BLUETOOTH_SERVICES = [
  "000018f0-0000-1000-8000-00805f9b34fb",
  "49535343-fe7d-4ae5-8fa9-9fafd205e455",
  "e7810a71-73ae-499d-8c15-faa9aef0c3f2",
  "0000ff00-0000-1000-8000-00805f9b34fb",
  "0000ffe0-0000-1000-8000-00805f9b34fb",
];

/** What this browser has. `ios`: no browser there has any. @returns {{ serial: boolean, usb: boolean, bluetooth: boolean, ios: boolean }} */
export function ways() {
  const there = /** @type {any} */ (navigator);
  const ios = /iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
  return { serial: "serial" in there, usb: "usb" in there, bluetooth: "bluetooth" in there, ios };
}

/** @param {{ baudRate?: number }} [options] as the printer is set: 9600, 19200, 38400, 115200 @returns {Promise<Writer>} */
export async function openSerial({ baudRate = 9600 } = {}) {
  const port = await /** @type {any} */ (navigator).serial.requestPort();
  await port.open({ baudRate, flowControl: "hardware" });
  return {
    kind: "serial",
    name: "serial",
    async write(bytes) {
      const writer = port.writable.getWriter();
      try {
        for (const piece of pieces(bytes, SERIAL_CHUNK)) {
          await writer.ready;
          await writer.write(piece);
        }
      } finally {
        writer.releaseLock();
      }
    },
    close: () => port.close(),
  };
}

/** A printer of the USB printer class. On Windows it needs the WinUSB driver. @returns {Promise<Writer>} */
export async function openUsb() {
  const device = await /** @type {any} */ (navigator).usb.requestDevice({ filters: [{ classCode: USB_PRINTER_CLASS }] });
  await device.open();
  if (!device.configuration) await device.selectConfiguration(1);
  const place = usbPlace(device.configuration.interfaces);
  await device.claimInterface(place.number);
  if (place.alternate) await device.selectAlternateInterface(place.number, place.alternate);
  return {
    kind: "usb",
    name: device.productName || "USB",
    async write(bytes) {
      for (const piece of pieces(bytes, USB_CHUNK)) {
        const done = await device.transferOut(place.endpoint, piece);
        if (done.status !== "ok") throw new Error(`USB: ${done.status}`);
      }
    },
    close: () => device.close(),
  };
}

/** @param {any[]} interfaces */
function usbPlace(interfaces) {
  for (const each of interfaces) {
    for (const way of each.alternates) {
      const out = way.endpoints.find((/** @type {any} */ one) => one.direction === "out" && one.type === "bulk");
      if (way.interfaceClass === USB_PRINTER_CLASS && out) {
        return { number: each.interfaceNumber, alternate: way.alternateSetting, endpoint: out.endpointNumber };
      }
    }
  }
  throw new Error("USB: no printer interface");
}

/** @returns {Promise<Writer>} */
export async function openBluetooth() {
  const filters = BLUETOOTH_SERVICES.map((service) => ({ services: [service] }));
  const device = await /** @type {any} */ (navigator).bluetooth.requestDevice({ filters, optionalServices: BLUETOOTH_SERVICES });
  const server = await device.gatt.connect();
  const place = await bluetoothPlace(server);
  return {
    kind: "bluetooth",
    name: device.name || "Bluetooth",
    async write(bytes) {
      const answered = place.properties.write;
      for (const piece of pieces(bytes, answered ? BLUETOOTH_CHUNK : BLUETOOTH_CHUNK_UNANSWERED)) {
        await (answered ? place.writeValueWithResponse(piece) : place.writeValueWithoutResponse(piece));
      }
    },
    close: async () => server.disconnect(),
  };
}

/** @param {any} server */
async function bluetoothPlace(server) {
  for (const service of await server.getPrimaryServices()) {
    if (!BLUETOOTH_SERVICES.includes(service.uuid)) continue;
    const found = (await service.getCharacteristics()).find(
      (/** @type {any} */ one) => one.properties.write || one.properties.writeWithoutResponse,
    );
    if (found) return found;
  }
  throw new Error("Bluetooth: nothing to write to");
}

/** @param {Uint8Array} bytes @param {number} size */
function* pieces(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
