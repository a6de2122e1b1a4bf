/** Fetches the sounds of the next page into the browser's cache. Nothing is reserved, and a wrong guess costs nothing. */

/** `url`: where the server says which sounds are likely to come next. */
export async function fetchAhead(url) {
  if (navigator.connection?.saveData) return;
  try {
    const reply = await fetch(url);
    const { audio } = reply.ok ? await reply.json() : { audio: [] };
    for (const sound of audio) await (await fetch(sound, { priority: "low" })).arrayBuffer();
  } catch (error) {
    console.info(`ahead: ${error.message}`); // the next page loads what it needs itself
  }
}
