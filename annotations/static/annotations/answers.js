/** Reads the answers out of the form. Values are slots and numbers of scales, whatever their place on the screen. */

function questions(form) {
  return [...form.querySelectorAll("[data-question]")];
}

function chosen(question, selector = "input") {
  const control = [...question.querySelectorAll(selector)].find((input) => input.checked);
  return control ? Number(control.value) : null;
}

/** Slots that a question is asked for, in slot order. */
function slots(question) {
  const all = [...question.querySelectorAll("input[data-slot]")].map((input) => Number(input.dataset.slot));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Return {question: value}, with a list in slot order where a question is asked per clip. */
export function answersOf(form) {
  return Object.fromEntries(
    questions(form).map((question) => [
      question.dataset.question,
      "perClip" in question.dataset
        ? slots(question).map((slot) => chosen(question, `input[data-slot="${slot}"]`))
        : chosen(question),
    ]),
  );
}

/** Return the first control without an answer and what it is called, or null. */
export function firstUnanswered(form) {
  const names = new Set([...form.querySelectorAll("[data-question] input")].map((input) => input.name));
  for (const name of names) {
    const group = [...form.elements].filter((input) => input.name === name);
    if (group.some((input) => input.checked)) continue;
    return { control: group[0], label: labelOf(group[0]) };
  }
  return null;
}

function labelOf(control) {
  const question = control.closest("[data-question]").querySelector("legend").textContent.trim();
  const row = control.closest("fieldset.scale")?.querySelector("legend").textContent.trim();
  return row ? `${question} (${row})` : question;
}
