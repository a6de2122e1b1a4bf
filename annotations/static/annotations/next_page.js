/** Puts the next page of a trial where the last one was, as if the browser had gone there. */

/**
 * `page`: the `title` of the window, the `progress` and the `main` part of the page, as HTML of this site's server;
 * `address`: where a reload would find it. Resolves when the scripts of its questions have run.
 */
export async function showInstead({ title, progress, main }, address) {
  document.title = title;
  document.querySelector(".progress").replaceWith(fragment(progress));
  const place = document.getElementById("main");
  place.replaceChildren(fragment(main));
  history.replaceState(null, "", address);
  scrollTo(0, 0);
  // Who sees no change of the page hears its heading, as after going to another one.
  const heading = place.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  document.dispatchEvent(new Event("page-shown"));
  // Scripts that came as text do not run; one that an earlier page has loaded heard the event.
  await Promise.all([...place.querySelectorAll("script[src]")].map(({ src }) => import(src)));
}

function fragment(html) {
  return document.createRange().createContextualFragment(html);
}
