/** Put values into the words of a page: `{name}` becomes `values.name`. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
