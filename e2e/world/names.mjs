// Names as people give them, site-card-letter, for nodes that the simulator made.

const SITES = ['barn', 'cellar', 'attic'];

/**
 * @param {{ address: string, gpus: { name: string }[] | null }[]} nodes
 * @returns {{ address: string, name: string, tags: string[] }[]}
 */
export function named(nodes) {
  /** @type {Map<string, number>} */
  const used = new Map();
  return nodes.map((node, index) => {
    const site = SITES[index % SITES.length] ?? 'barn';
    const card = /[AHL]?\d{3,4}/.exec(node.gpus?.[0]?.name ?? '')?.[0]?.toLowerCase() ?? 'node';
    const stem = `${site}-${card}`;
    const count = used.get(stem) ?? 0;
    used.set(stem, count + 1);
    return { address: node.address, name: `${stem}-${letters(count)}`, tags: [site] };
  });
}

/** a, b, … z, aa, ab, …
 * @param {number} count
 * @returns {string}
 */
function letters(count) {
  const rest = Math.floor(count / 26);
  return (rest === 0 ? '' : letters(rest - 1)) + String.fromCharCode(97 + (count % 26));
}
