/** What went wrong with a form, or what was wrong in it, takes the focus, so that nobody misses it. */

document.querySelector("[data-focus]")?.focus();
