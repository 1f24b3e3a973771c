import { expect, it } from 'vitest';
import { Drafts } from './drafts.svelte.js';

it('gives a draft back to the account that wrote it, and to no other', () => {
  const drafts = new Drafts();
  drafts.own('anna');
  drafts.keep('edit X', { name: 'barn-4090-b' });
  // An end, and the same person again.
  drafts.own('anna');
  expect(drafts.read('edit X')).toEqual({ name: 'barn-4090-b' });
  drafts.own('ben');
  expect(drafts.read('edit X')).toBeNull();
  drafts.own('anna');
  expect(drafts.any).toBe(false);
});

it('forgets what was saved or given up', () => {
  const drafts = new Drafts();
  drafts.own('anna');
  drafts.keep('add', null);
  expect(drafts.has('add')).toBe(true);
  drafts.drop('add');
  expect(drafts.has('add')).toBe(false);
});
