import { describe, expect, it } from 'vitest';
import type { Alert, Delivery } from '../api/alerts.js';
import { byDay, deliveriesOf, fateOf, itemsOf, openOnes, quietSpans, spread } from './alerts.js';
import { NOW, ago } from './fixture.js';

const delivery = (changes: Partial<Delivery> = {}): Delivery => ({ destination: 'd1', channel: 'telegram', name: 'Marta', state: 'told', due: ago(0), message: null, attempts: [], ...changes });
const message = (id: string, state: 'waiting' | 'sent' | 'refused' | 'dropped' = 'sent') => ({ id, state, title: '', sent_at: null, next_at: null });
const alert = (id: string, minutes: number, changes: Partial<Alert> = {}): Alert => ({
  id,
  kind: 'offline',
  topic: 'offline',
  node: id,
  name: id,
  at: ago(minutes),
  recorded: ago(minutes),
  seconds: null,
  micro_nos: null,
  subject: null,
  open: false,
  acknowledged: null,
  deliveries: [],
  ...changes,
});

describe('items', () => {
  it('join silences of one cause, and leave one that came later alone', () => {
    const items = itemsOf([alert('late', 10), alert('c', 29.5), alert('b', 29.8), alert('a', 30)]);
    expect(items.map((item) => item.alerts.map(({ id }) => id))).toEqual([['late'], ['c', 'b', 'a']]);
    expect(spread(items[1] ?? items[0]!)).toBe(30);
    expect(spread(items[0]!)).toBeNull();
  });

  it('do not join what was told in different messages, or what was muted', () => {
    const told = (id: string) => [delivery({ message: message(id) })];
    const items = itemsOf([alert('a', 1, { deliveries: told('m1') }), alert('b', 1, { deliveries: told('m1') }), alert('c', 1, { deliveries: told('m2') }), alert('d', 1, { deliveries: [delivery({ state: 'muted' })] })]);
    expect(items.map((item) => item.alerts.map(({ id }) => id))).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  it('close a silence with its recovery, and never with that of another node', () => {
    const items = itemsOf([alert('back', 5, { kind: 'back', node: 'a', seconds: 1500 }), alert('b', 20), alert('a', 30)]);
    expect(items.find((item) => item.alerts[0]?.node === 'a')?.recovery?.id).toBe('back');
    expect(items.find((item) => item.alerts[0]?.node === 'b')?.recovery).toBeNull();
    expect(items).toHaveLength(2);
  });

  it('show a recovery by itself when its silence is not on the page', () => {
    expect(itemsOf([alert('back', 5, { kind: 'back', node: 'a' })]).map((item) => item.alerts[0]?.id)).toEqual(['back']);
  });

  it('give each of two silences of one node its own recovery', () => {
    const back = (id: string, minutes: number) => alert(id, minutes, { kind: 'back', node: 'a' });
    const items = itemsOf([back('back2', 5), alert('a2', 10, { node: 'a' }), back('back1', 20), alert('a1', 30, { node: 'a' })]);
    expect(items.map((item) => [item.key, item.recovery?.id])).toEqual([['a2', 'back2'], ['a1', 'back1']]);
  });

  it('keep job messages apart, however close they came', () => {
    expect(itemsOf([alert('a', 1, { kind: 'job_finished' }), alert('b', 1, { kind: 'job_finished' })])).toHaveLength(2);
  });
});

it('puts the unseen first among the open, and leaves the open out of the days', () => {
  const items = itemsOf([alert('seen', 5, { open: true, acknowledged: ago(1) }), alert('old', 600, { open: true }), alert('over', 2, { kind: 'stuck' })]);
  expect(openOnes(items).map((item) => item.key)).toEqual(['old', 'seen']);
  expect(byDay(items, () => 'today').flatMap((day) => day.items.map((item) => item.key))).toEqual(['over']);
});

it('begins a new day where the reader’s own begins', () => {
  const items = itemsOf([alert('a', 10, { kind: 'kicked' }), alert('b', 1500, { kind: 'kicked' })]);
  expect(byDay(items, (at) => (at > NOW - 86_400_000 ? '23 Nov' : '22 Nov')).map(({ day }) => day)).toEqual(['23 Nov', '22 Nov']);
});

it('lists a message that told of several nodes once', () => {
  const shared = [delivery({ message: message('m1') })];
  expect(deliveriesOf([alert('a', 1, { deliveries: shared }), alert('b', 1, { deliveries: shared })])).toHaveLength(1);
});

describe('the fate of a delivery', () => {
  it('is taken only when the provider took it', () => {
    expect(fateOf(delivery({ message: message('m', 'waiting') }), NOW)).toBe('pending');
    expect(fateOf(delivery({ message: message('m') }), NOW)).toBe('taken');
    expect(fateOf(delivery({ message: message('m', 'refused') }), NOW)).toBe('refused');
  });

  it('is held before it is due, and pending after', () => {
    expect(fateOf(delivery({ state: 'waiting', due: ago(-60) }), NOW)).toBe('held');
    expect(fateOf(delivery({ state: 'waiting', due: ago(1) }), NOW)).toBe('pending');
    expect(fateOf(delivery({ state: 'muted' }), NOW)).toBe('muted');
  });
});

it('draws quiet hours over midnight as two parts of the day', () => {
  expect(quietSpans('22:00', '07:00')).toEqual([
    { from: 0, to: 420 },
    { from: 1320, to: 1440 },
  ]);
  expect(quietSpans('22:00', '00:00')).toEqual([{ from: 1320, to: 1440 }]);
  expect(quietSpans('12:00', '13:30')).toEqual([{ from: 720, to: 810 }]);
  expect(quietSpans('12:00', '12:00')).toEqual([]);
  expect(quietSpans('25:00', '12:00')).toEqual([]);
});
