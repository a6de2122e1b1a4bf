/**
 * Sliders: a handle that stands in the middle is no answer. `data-answered` says that the listener put it where it is:
 * moved it, clicked it where it stands, or pressed the space bar.
 */

import { mayAnswer } from "./may_answer.js";
import { onEachPage } from "./on_each_page.js";

function watch(slider) {
  const value = document.getElementById(`${slider.id}-value`);
  let stands = slider.value;
  let refused = false;

  function set() {
    refused = !mayAnswer(slider);
    if (refused) {
      slider.value = stands;
      return;
    }
    stands = slider.value;
    slider.dataset.answered = "";
    value.textContent = stands;
    const end = { [slider.min]: slider.dataset.low, [slider.max]: slider.dataset.high }[stands];
    slider.setAttribute("aria-valuetext", end ? `${stands}, ${end}` : stands);
  }

  slider.addEventListener("input", set);
  slider.addEventListener("click", () => !("answered" in slider.dataset) && set());
  // What was not taken has not changed, and the page goes on saying why.
  slider.addEventListener("change", (event) => refused && event.stopPropagation());
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    set();
  });
}

onEachPage("[data-slider]", watch);
