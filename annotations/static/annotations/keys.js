/** Keys of the trial page: digits play, letters choose, Enter goes on. Listeners can switch them off. */

const TYPING = "textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=range])";

/** `signal` ends it. */
export function listenToKeys({ form, clips, play, signal }) {
  const shortcuts = document.getElementById("shortcuts");
  shortcuts.checked = sessionStorage.getItem("shortcuts") !== "off";
  shortcuts.addEventListener("change", () => {
    sessionStorage.setItem("shortcuts", shortcuts.checked ? "on" : "off");
  });

  const actions = new Map([
    ["0", () => play("context")],
    ["c", () => play("context")],
  ]);
  if (!form.querySelector('[data-sound="context"]')) actions.clear();
  for (const { id, name } of clips) actions.set(name, () => play(id));
  // The letters belong to the first question that has them.
  const question = form.querySelector("[data-key]")?.closest("[data-question]");
  for (const control of question?.querySelectorAll("[data-key]") ?? []) {
    const key = control.dataset.key.toLowerCase();
    if (!actions.has(key)) actions.set(key, () => choose(control));
  }

  const onKey = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.key === "Enter") return goOn(event, form);
    if (!shortcuts.checked || event.target.closest(TYPING)) return;
    const action = actions.get(digit(event) ?? event.key.toLowerCase());
    if (!action) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", onKey, { signal });
}

/** Digits by their place, so that they need no shift key on keyboards where they do. */
function digit(event) {
  return /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
}

function choose(control) {
  control.focus();
  control.click();
}

/** Enter on a button or link is that button's or link's own. */
function goOn(event, form) {
  if (event.target.closest("button, a, textarea")) return;
  event.preventDefault();
  form.requestSubmit();
}
