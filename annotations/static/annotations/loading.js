/** Loads sounds, with patience: what fails is tried again by itself a few times before anybody has to do something. */

import { pause } from "./pause.js";
import { withRamps } from "./edges.js";

const WAITS_MS = [500, 1500, 4000]; // before the further attempts
const STALLED_MS = 15_000; // without a byte

/** The sound came, but the browser cannot decode it. */
export class Undecodable extends Error {}

/**
 * Return the decoded sound of an address. `onFailure` gets the error of every attempt that failed; the last one is
 * thrown as well. Every attempt but the first passes by the browser's cache, as does the first if `again`.
 */
export async function loadSound(url, { again = false, onFailure }) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await decode(await bytesOf(url, again || attempt > 0));
    } catch (error) {
      console.info(`${url}: ${error.message}`);
      onFailure(error);
      if (attempt === WAITS_MS.length) throw error;
    }
    await pause(WAITS_MS[attempt]);
  }
}

/** A slow network may take its time as long as something arrives. */
async function bytesOf(url, reload) {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALLED_MS);
  try {
    const answer = await fetch(url, { cache: reload ? "reload" : "default", signal: stalled.signal });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const parts = [];
    for (const reader = answer.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return new Blob(parts).arrayBuffer();
      parts.push(value);
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), STALLED_MS);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Decoding needs no running context, so it is done before the first gesture. */
async function decode(bytes) {
  try {
    return withRamps(await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes));
  } catch (error) {
    throw new Undecodable(`cannot be decoded: ${error.message}`);
  }
}
