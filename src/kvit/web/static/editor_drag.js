// @ts-check
/**
 * Moving blocks by mouse, pen or finger: the list makes room while the handle is dragged. The keyboard's way is in
 * editor.js (Alt and arrows) and in each block's buttons. Escape gives up.
 */

/**
 * @param {HTMLElement} list @param {(id: string, to: number) => void} drop
 */
export function draggable(list, drop) {
  /** @type {{ row: HTMLElement, next: Element | null, moved: boolean } | null} */
  let drag = null;

  list.addEventListener("pointerdown", (event) => {
    const grip = /** @type {HTMLElement} */ (event.target).closest(".grip");
    const row = /** @type {HTMLElement | null} */ (grip?.closest(".block") ?? null);
    if (!grip || !row || event.button) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    drag = { row, next: row.nextElementSibling, moved: false };
    row.classList.add("dragged");
    list.classList.add("dragging");
  });

  list.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const { row } = drag;
    const others = /** @type {HTMLElement[]} */ ([...list.children]).filter((other) => other !== row);
    const before = others.find((other) => {
      const box = other.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if ((before ?? null) !== row.nextElementSibling) {
      list.insertBefore(row, before ?? null);
      drag.moved = true;
    }
    const edge = 60;
    if (event.clientY < edge + 56) scrollBy(0, -12);
    else if (event.clientY > innerHeight - edge) scrollBy(0, 12);
  });

  /** @param {boolean} kept */
  const end = (kept) => {
    if (!drag) return;
    const { row, next, moved } = drag;
    drag = null;
    row.classList.remove("dragged");
    list.classList.remove("dragging");
    if (!kept) list.insertBefore(row, next);
    else if (moved) drop(row.dataset.id ?? "", [...list.children].indexOf(row));
  };
  list.addEventListener("pointerup", () => end(true));
  list.addEventListener("pointercancel", () => end(false));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") end(false); });
}
