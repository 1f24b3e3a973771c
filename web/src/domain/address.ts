/** Checks pasted node addresses while they are typed, and says which character is wrong. */

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BYTES = 32;
const SHORTEST = 32;
const LONGEST = 44;

export type AddressFault =
  /** `position` counts from 1. `character` is what stands there. */
  | { readonly kind: 'character'; readonly position: number; readonly character: string }
  | { readonly kind: 'too_short'; readonly length: number }
  | { readonly kind: 'too_long'; readonly length: number }
  /** Right letters, wrong number of bytes. */
  | { readonly kind: 'not_32_bytes' };

export function addressFault(address: string): AddressFault | null {
  const characters = [...address];
  const wrong = characters.findIndex((character) => !ALPHABET.includes(character));
  if (wrong >= 0) return { kind: 'character', position: wrong + 1, character: characters[wrong] ?? '' };
  if (address.length < SHORTEST) return { kind: 'too_short', length: address.length };
  if (address.length > LONGEST) return { kind: 'too_long', length: address.length };
  return decodedLength(address) === BYTES ? null : { kind: 'not_32_bytes' };
}

function decodedLength(address: string): number {
  const value = [...address].reduce((sum, character) => sum * 58n + BigInt(ALPHABET.indexOf(character)), 0n);
  const digits = value === 0n ? 0 : Math.ceil(value.toString(16).length / 2);
  const zeros = /^1*/.exec(address)?.[0].length ?? 0;
  return zeros + digits;
}

export type Line =
  | { readonly kind: 'good'; readonly address: string }
  | { readonly kind: 'twice'; readonly address: string }
  | { readonly kind: 'watched'; readonly address: string }
  | { readonly kind: 'over_limit'; readonly address: string }
  | { readonly kind: 'bad'; readonly address: string; readonly fault: AddressFault };

/** One verdict for each pasted word, in order. Words are parted by spaces, commas, semicolons or line ends. */
export function checkPaste(text: string, watched: ReadonlySet<string>, room: number): Line[] {
  const seen = new Set<string>();
  let good = 0;
  return text
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map((address) => {
      const fault = addressFault(address);
      if (fault !== null) return { kind: 'bad', address, fault };
      if (seen.has(address)) return { kind: 'twice', address };
      seen.add(address);
      if (watched.has(address)) return { kind: 'watched', address };
      good += 1;
      return { kind: good > room ? 'over_limit' : 'good', address };
    });
}

/** A long name without its middle: beginnings and ends are what tells names apart. */
export function cutMiddle(name: string, most: number): string {
  const letters = [...name];
  if (letters.length <= most) return name;
  const end = Math.floor((most - 1) / 3);
  return `${letters.slice(0, most - 1 - end).join('')}…${letters.slice(-end).join('')}`;
}

/** `67qvHLKG…ZEX6i`: enough at both ends to tell two apart. */
export function shortAddress(address: string): string {
  return address.length > 16 ? `${address.slice(0, 8)}…${address.slice(-6)}` : address;
}
