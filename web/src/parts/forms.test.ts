import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { live } from '../live.svelte.js';
import { toasts } from '../toasts.svelte.js';
import AddressPaste from './AddressPaste.svelte';
import Credentials from './Credentials.svelte';
import { Paste } from './paste.svelte.js';
import Toasts from './Toasts.svelte';

const GOOD = '67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i';
const problem = (code: string) => ({ ok: false as const, failure: { kind: 'problem' as const, status: 422, code, detail: '', field: null, errors: [], retryAfterMs: null } });

afterEach(() => {
  vi.useRealTimers();
  toasts.dismiss();
  live.wipe();
});

it('judges pasted addresses while they are typed', async () => {
  const paste = new Paste();
  render(AddressPaste, { paste });
  await fireEvent.input(screen.getByLabelText('Node addresses'), { target: { value: `${GOOD}\n${GOOD}\n${GOOD.slice(0, 19)}0${GOOD.slice(20)}` } });
  paste.stop();
  expect(screen.getByText('3 lines, 1 node to watch, 99 more allowed')).toBeTruthy();
  expect(screen.getByText('Twice in your list, watched once.')).toBeTruthy();
  expect(screen.getByText('Character 20 is a zero. Node addresses have none; it may be an o.')).toBeTruthy();
  expect(screen.getAllByPlaceholderText('Name, if you like')).toHaveLength(1);
});

it('says a wrong password at the form, and a bad one at its field', async () => {
  const answers = [problem('wrong_credentials'), problem('password_common')];
  render(Credentials, { submit: () => Promise.resolve(answers.shift() ?? problem('x')), action: 'Go', busy: 'Going' });
  const submit = () => fireEvent.submit(screen.getByLabelText('Password').closest('form') ?? document.body);
  await submit();
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('E-mail and password do not belong together.'));
  await submit();
  await waitFor(() => expect(screen.getByLabelText('Password').getAttribute('aria-invalid')).toBe('true'));
  expect(screen.getByText('This password is one of the most common ones.')).toBeTruthy();
});

it('undoes from a notice, which goes by itself; an error stays', async () => {
  vi.useFakeTimers();
  render(Toasts);
  const undo = vi.fn();
  toasts.say('cellar-3080 deleted.', { label: 'Undo', run: undo });
  vi.advanceTimersByTime(9_900);
  await tick();
  await fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
  expect(undo).toHaveBeenCalledOnce();
  toasts.say('Copied.');
  vi.advanceTimersByTime(6_100);
  expect(toasts.current).toBeNull();
  toasts.error('Not saved.');
  vi.advanceTimersByTime(600_000);
  expect(toasts.current?.text).toBe('Not saved.');
});

it('waits with a notice that somebody reads', () => {
  vi.useFakeTimers();
  toasts.say('Copied.');
  vi.advanceTimersByTime(5_000);
  toasts.pause();
  vi.advanceTimersByTime(60_000);
  expect(toasts.current).not.toBeNull();
  toasts.resume();
  vi.advanceTimersByTime(1_600);
  expect(toasts.current).toBeNull();
});
