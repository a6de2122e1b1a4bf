/** Reads the answers out of the form. Values are slots, ranks, numbers of scales and texts, whatever their place on the screen. */

const CONTROLS = "input[name], textarea[name]";

function questions(form) {
  return [...form.querySelectorAll("[data-question]")];
}

/**
 * Return what a control says, null if nothing. Of those that always have a value, such as sliders and ranks,
 * `data-answered` tells that the listener gave it.
 */
function said(control) {
  if (control.matches("textarea")) return whole(control.value);
  const given = control.type === "radio" ? control.checked : "answered" in control.dataset;
  return given ? Number(control.value) : null;
}

/** Half a character, as a field of limited length may cut one, cannot be stored: it becomes a replacement character. */
function whole(text) {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

function answered(control) {
  if (control.matches("textarea")) return !control.required || control.value.trim() !== "";
  return said(control) !== null;
}

/** What the first control with an answer says. */
function chosen(controls) {
  return controls.map(said).find((value) => value !== null) ?? null;
}

/** What is said of each slot, in slot order. */
function perSlot(controls) {
  const slots = [...new Set(controls.map((control) => Number(control.dataset.slot)))].sort((a, b) => a - b);
  return slots.map((slot) => chosen(controls.filter((control) => Number(control.dataset.slot) === slot)));
}

/** Return {question: value}, with a list in slot order where a question is asked per clip. */
export function answersOf(form) {
  return Object.fromEntries(
    questions(form).map((question) => {
      const controls = [...question.querySelectorAll(CONTROLS)];
      return [question.dataset.question, "perClip" in question.dataset ? perSlot(controls) : chosen(controls)];
    }),
  );
}

/** Return the first control without an answer and what it is called, or null. */
export function firstUnanswered(form) {
  const controls = questions(form).flatMap((question) => [...question.querySelectorAll(CONTROLS)]);
  const missing = controls.find(({ name }) => !controls.some((other) => other.name === name && answered(other)));
  if (!missing) return null;
  // What cannot take the focus says what can.
  return { control: document.getElementById(missing.dataset.focus) ?? missing, label: labelOf(missing) };
}

function labelOf(control) {
  const question = control.closest("[data-question]").querySelector("legend").textContent.trim();
  const row = control.closest(".scale")?.querySelector("legend, .row-label")?.textContent.trim();
  return row ? `${question} (${row})` : question;
}
