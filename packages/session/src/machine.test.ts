import { describe, expect, it } from 'vitest';
import { begin, step } from './machine.js';
import type { Effect, Event, Machine } from './machine.js';
import vectors from './machine.vectors.json';
import type { ActiveSession, Verdict } from './verdict.js';

const KNOWN = { sid: 's1', email: 'demo@example.net', userId: 'u1', renewedOn: 20_780 };
const DAY = 20_780;

function session(sid: string, id: string): ActiveSession {
  return { sid, user: { id, email: `${id}@example.net` }, idleIn: 2_592_000, absIn: 31_536_000, rev: 7, build: '0.1.0', verifyS: 300 };
}

const ANSWERS: Record<string, { verdict: Verdict; timedOut?: boolean; refused?: boolean }> = {
  active: { verdict: { verdict: 'active', session: session('s1', 'u1') } },
  ended: { verdict: { verdict: 'ended', sid: 's1', reason: 'revoked', endedAt: null } },
  other: { verdict: { verdict: 'account_switched', session: session('s9', 'u9') } },
  anew: { verdict: { verdict: 'account_switched', session: session('s2', 'u1') } },
  missing: { verdict: { verdict: 'credential_missing' } },
  timeout: { verdict: { verdict: 'none', kind: 'transport', retryAfterMs: null }, timedOut: true },
  busy: { verdict: { verdict: 'none', kind: 'busy', retryAfterMs: 5_000 } },
  foreign: { verdict: { verdict: 'none', kind: 'foreign', retryAfterMs: null }, refused: true },
  stale: { verdict: { verdict: 'none', kind: 'stale', retryAfterMs: null } },
};

/** An event as the vectors write it: an answer is one to the question that is under way. */
function read(written: { type: string; answer?: string }, machine: Machine): Event {
  if (written.type !== 'answer') return written as Event;
  const answer = ANSWERS[written.answer ?? ''];
  if (answer === undefined) throw new Error(`no answer ${written.answer}`);
  return { type: 'answer', question: machine.question, ...answer };
}

function words(effect: Effect): string {
  if (effect.do === 'ask') return `ask ${effect.how} ${effect.timeoutMs}`;
  if (effect.do === 'tell') return `tell ${effect.message.type}`;
  if (effect.do === 'leave') return 'leave';
  return effect.value === null ? 'forget' : `remember ${effect.value.sid}${effect.value.leaving ? ' leaving' : ''}`;
}

describe('traces on a virtual clock', () => {
  it.each(vectors)('$name', (vector) => {
    let machine = begin(vector.known ?? KNOWN, 0, vector.visible ?? true);
    for (const { at, event, expect: wanted } of vector.steps) {
      const [next, effects] = step(machine, read(event, machine), { now: at, random: 0.5, day: DAY });
      machine = next;
      const { effects: wantedEffects, ...rest } = wanted;
      const { state, ...others } = rest as { state?: string };
      expect(effects.map(words), `effects at ${at}`).toEqual(wantedEffects);
      expect(machine, `at ${at}`).toMatchObject({ ...others, ...(state === undefined ? {} : { state: { state } }) });
    }
  });
});

/** A small generator of its own: the same numbers each time, and the seed is in the test's name. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function anything(random: () => number, machine: Machine, except: readonly string[]): Event {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const answers = Object.keys(ANSWERS).filter((name) => !except.includes(name));
  return pick<() => Event>([
    () => ({ type: 'due' }),
    () => ({ type: 'due' }),
    () => read({ type: 'answer', answer: pick(answers) }, machine),
    () => read({ type: 'answer', answer: pick(answers) }, machine),
    // A late answer to an earlier question, and it says the worst.
    () => ({ type: 'answer', question: machine.question - 1, verdict: { verdict: 'ended', sid: 's1', reason: 'revoked', endedAt: null } }),
    () => ({ type: 'hint', why: 'x', weak: random() < 0.5 }),
    () => ({ type: 'probe', why: 'x' }),
    () => ({ type: 'heard', message: { type: pick(['over', 'signed_in', 'rev'] as const), sid: pick(['s1', 's9', null]), rev: Math.floor(random() * 20) } }),
    () => ({ type: 'seen', hint: { state: pick(['active', 'ended']), sid: pick(['s1', 's9']), rev: Math.floor(random() * 20) } }),
    () => ({ type: 'page', visible: random() < 0.5, leads: random() < 0.5 }),
    () => ({ type: 'slept' }),
  ])();
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('whatever happens in whatever order (seed %i)', (seed) => {
  function run(except: readonly string[], check: (machine: Machine, effects: readonly Effect[], event: Event, now: number, before: Machine) => void): void {
    const random = dice(seed);
    for (let life = 0; life < 60; life += 1) {
      let machine = begin(KNOWN, 0, random() < 0.5);
      let now = 0;
      for (let n = 0; n < 120; n += 1) {
        now += Math.round(random() ** 6 * 86_400_000);
        const event = anything(random, machine, except);
        const [next, effects] = step(machine, event, { now, random: random(), day: DAY + Math.floor(now / 86_400_000) });
        check(next, effects, event, now, machine);
        machine = next;
      }
    }
  }

  it('I1 and I9: without a verdict nobody leaves, and no message, hint, sleep or timer is one', () => {
    run(['ended', 'missing', 'other', 'anew'], (machine) => {
      expect(['active', 'unverified']).toContain(machine.state.state);
      expect(machine.state).toMatchObject({ user: { id: 'u1' } });
      expect(machine.sid).toBe('s1');
    });
  });

  it('an end needs two answers in a row that say so', () => {
    let ends = 0;
    run(['other', 'anew', 'missing'], (machine, _, event, __, before) => {
      if (machine.state.state !== 'ended' || before.state.state === 'ended') return;
      expect(event).toMatchObject({ type: 'answer', question: before.question, verdict: { verdict: 'ended' } });
      expect(before.asking).toBe('confirm');
      ends += 1;
    });
    expect(ends).toBeGreaterThan(0);
  });

  it('questions are a second apart, but for the one that confirms, and one is under way at a time', () => {
    let askedAt = Number.NEGATIVE_INFINITY;
    run([], (machine, effects, _, now) => {
      if (now < askedAt) askedAt = Number.NEGATIVE_INFINITY;
      const asked = effects.filter((effect) => effect.do === 'ask');
      expect(asked.length).toBeLessThanOrEqual(1);
      if (asked.length === 0) return;
      if (machine.asking === 'asked') expect(now - askedAt).toBeGreaterThanOrEqual(1_000);
      askedAt = now;
    });
  });

  it('while somebody is signed in and sure of nothing, a next question is always on its way', () => {
    run([], (machine) => {
      if (machine.state.state !== 'active' && machine.state.state !== 'unverified') return;
      if (machine.question === 0) return;
      expect(machine.dueAt !== null || machine.asking === 'asked' || machine.asking === 'confirm').toBe(true);
    });
  });
});
