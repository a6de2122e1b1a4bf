/**
 * Ask the page whether a control may take an answer now. It may not before everything was heard, nor while the
 * answers are being sent; the page then says why.
 */
export function mayAnswer(control) {
  return control.dispatchEvent(new CustomEvent("answering", { bubbles: true, cancelable: true }));
}
