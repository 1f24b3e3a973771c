/** Finds what a person half typed: letters in order, better the closer they stand together. */

/** A score from 0 (better) upwards, or null when the letters are not all there in order. */
export function fuzzy(text: string, wanted: string): number | null {
  const haystack = text.toLowerCase();
  let score = 0;
  for (const word of wanted.toLowerCase().split(/\s+/).filter(Boolean)) {
    const whole = haystack.indexOf(word);
    if (whole >= 0) {
      score += whole === 0 || /[\s\-_.]/.test(haystack[whole - 1] ?? '') ? 0 : 1;
      continue;
    }
    const spread = inOrder(haystack, word);
    if (spread === null) return null;
    score += 2 + spread;
  }
  return score;
}

function inOrder(haystack: string, word: string): number | null {
  let at = -1;
  let first = -1;
  for (const letter of word) {
    at = haystack.indexOf(letter, at + 1);
    if (at < 0) return null;
    if (first < 0) first = at;
  }
  const spread = at - first + 1 - word.length;
  // Letters strewn over a whole address are no find.
  return spread > word.length * 2 ? null : spread;
}
