import { expect, it } from 'vitest';
import { slept } from './wake.js';
import vectors from './wake.vectors.json';

it.each(vectors)('$name', (v) => {
  expect(slept(v.before, v.now, v.visible)).toBe(v.expect);
});
