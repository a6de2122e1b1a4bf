/** Random numbers that a seed repeats; the browser's own generator cannot be seeded. */

/**
 * Numbers in (0, 1) from a seed of 32 bits: Chris Doty-Humphrey's sfc32 (PractRand), started and run in as there.
 * Returns a function without arguments.
 */
export function uniform(seed) {
  let a = 0;
  let b = seed >>> 0;
  let c = 0;
  let counter = 1;
  function next() {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return ((sum >>> 0) + 0.5) / 2 ** 32;
  }
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** `length` independent normal numbers, mean 0 and standard deviation 1 (Box and Muller 1958), as a Float64Array. */
export function gaussian(length, draw) {
  const samples = new Float64Array(length);
  for (let i = 0; i < length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(draw()));
    const angle = 2 * Math.PI * draw();
    samples[i] = radius * Math.cos(angle);
    if (i + 1 < length) samples[i + 1] = radius * Math.sin(angle);
  }
  return samples;
}
