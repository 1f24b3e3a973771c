import { describe, expect, it } from 'vitest';
import { en } from '../messages/en/index.js';
import { addressFault, checkPaste, cutMiddle, shortAddress } from './address.js';

const GOOD = '67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i';
const OTHER = 'AWM1sspTevTpx5r9CN8De7yCf5vuBgzAZwZwf6nrs6Wq';

describe('one address', () => {
  it('takes 32 bytes of base58, with their leading ones', () => {
    expect(addressFault(GOOD)).toBeNull();
    expect(addressFault('11111111111111111111111111111111')).toBeNull();
  });

  it.each([
    ['0', 20, 'Character 20 is a zero. Node addresses have none; it may be an o.'],
    ['O', 5, 'Character 5 is a capital O. Node addresses have none; it may be an o.'],
    ['I', 44, 'Character 44 is a capital I. Node addresses have none; it may be a 1.'],
    ['l', 1, 'Character 1 is a small L. Node addresses have none; it may be a 1.'],
    ['🙂', 7, 'Character 7 is “🙂”. Node addresses have letters and digits only.'],
  ])('says that %s stands at %i', (character, position, words) => {
    const wrong = GOOD.slice(0, position - 1) + character + GOOD.slice(position);
    expect(addressFault(wrong)).toEqual({ kind: 'character', position, character });
    expect(en.addressFault({ kind: 'character', position, character })).toBe(words);
  });

  it.each([
    ['too short', GOOD.slice(0, 31), { kind: 'too_short', length: 31 }],
    ['too long', `${GOOD}1`, { kind: 'too_long', length: 45 }],
    // The sort of slip that the old kind of monitor took for an address.
    ['44 ones', '1'.repeat(44), { kind: 'not_32_bytes' }],
    ['44 of the largest', 'z'.repeat(44), { kind: 'not_32_bytes' }],
  ])('%s', (_, address, fault) => {
    expect(addressFault(address)).toEqual(fault);
  });
});

describe('a paste', () => {
  it('judges each word in order', () => {
    const lines = checkPaste(`${GOOD}, ${OTHER}\n\n${GOOD};x`, new Set(), 97);
    expect(lines.map((line) => line.kind)).toEqual(['good', 'good', 'twice', 'bad']);
  });

  it('knows what is watched already, and where the room ends', () => {
    expect(checkPaste(`${GOOD} ${OTHER}`, new Set([GOOD]), 0).map((line) => line.kind)).toEqual(['watched', 'over_limit']);
  });

  it('finds nothing in nothing', () => {
    expect(checkPaste(' \n ', new Set(), 1)).toEqual([]);
  });
});

it('cuts long names in the middle, by letters and not by halves of one', () => {
  expect(cutMiddle('barn-4090-c', 24)).toBe('barn-4090-c');
  expect(cutMiddle('the-one-by-the-window-4090', 16)).toBe('the-one-by…-4090');
  expect([...cutMiddle('🙂'.repeat(40), 10)]).toHaveLength(10);
});

it('shortens in the middle', () => {
  expect(shortAddress(GOOD)).toBe('67qvHLKG…RZEX6i');
  expect(shortAddress('short')).toBe('short');
});
