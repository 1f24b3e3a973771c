/** Keeps a list still while somebody points at it. */

/**
 * The order to show: the wanted one, or, while `held`, the one shown before, without those that left and with new ones at the end.
 */
export function steady(shown: readonly string[], wanted: readonly string[], held: boolean): readonly string[] {
  if (!held) return wanted;
  const present = new Set(wanted);
  const kept = shown.filter((key) => present.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}
