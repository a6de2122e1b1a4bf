/** Run `watch` for every element of a kind: those of this page, and those of each page that takes its place. */
export function onEachPage(selector, watch) {
  const all = () => document.querySelectorAll(selector).forEach(watch);
  all();
  document.addEventListener("page-shown", all);
}
