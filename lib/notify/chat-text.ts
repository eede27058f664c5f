/**
 * Text for Slack's markdown, directly or through Amazon Q Developer.
 */

/**
 * Slack's own escaping (`&`, `<`, `>`: no mention, no link), and a zero-width space after each of its marks, which takes their meaning: text of a
 * message is never formatted by what it says.
 */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, '$&\u200b');
}

/** Escaped text of at most so many characters, cut where no entity is torn. */
export function escapedCut(text: string, charactersMax: number): string {
  const whole = escaped(text);
  if (whole.length <= charactersMax) return whole;
  let kept = '';
  for (const character of text) {
    const next = kept + escaped(character);
    if (next.length > charactersMax - 1) break;
    kept = next;
  }
  return `${kept}…`;
}
