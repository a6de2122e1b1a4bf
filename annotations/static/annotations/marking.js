/**
 * Marks answers in the form of a page, as `answersOf` would read them: {question: value}, a list in slot order where a
 * question is asked per clip. Nothing can be changed then; what is marked can still be reached with the keyboard.
 */

const CONTROLS = "input, textarea, button";

export function markRight(form, right) {
  for (const question of form.querySelectorAll("[data-question]")) {
    const answer = right[question.dataset.question];
    const ranking = question.querySelector("[data-ranking]");
    if (ranking && answer) order(ranking, answer);
    for (const control of question.querySelectorAll(CONTROLS)) mark(control, valueFor(control, answer));
  }
}

/** What a control is to say: of an answer per clip, that for the control's slot. */
function valueFor(control, answer) {
  return Array.isArray(answer) ? answer[Number(control.dataset.slot)] : answer;
}

function mark(control, value) {
  if (control.type === "radio") {
    control.checked = value !== undefined && Number(control.value) === value;
    control.disabled = !control.checked;
  } else if (control.matches("textarea")) {
    control.value = value ?? "";
    control.readOnly = true;
  } else if (control.type === "range") {
    if (value !== undefined) slide(control, value);
    control.disabled = true;
  } else if (control.type !== "hidden") {
    control.disabled = true;
  }
}

function slide(slider, value) {
  slider.value = String(value);
  slider.setAttribute("aria-valuetext", slider.value);
  document.getElementById(`${slider.id}-value`).textContent = slider.value;
}

/** Put the clips of a ranking in the order of their ranks. */
function order(list, ranks) {
  const rankOf = (item) => ranks[Number(item.querySelector("input").dataset.slot)];
  const items = [...list.children].sort((a, b) => rankOf(a) - rankOf(b));
  list.append(...items);
  for (const item of items) item.querySelector(".place").textContent = String(rankOf(item));
  list.closest("[data-question]").querySelector("[data-confirm]").checked = true;
}
