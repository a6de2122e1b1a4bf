/** Fields for words: how much of their room is used. */

import { onEachPage } from "./on_each_page.js";

function watch(field) {
  const room = document.getElementById(`${field.id}-room`);
  const show = () => {
    const values = { count: field.value.length, most: field.maxLength };
    room.textContent = room.dataset.room.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
  field.addEventListener("input", show);
  if (field.value) show();
}

onEachPage(".question textarea", watch);
