import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Stream } from './stream.js';
import type { Heard } from './stream.js';

/** The browser's EventSource, driven by the test. */
class FakeSource extends EventTarget {
  static all: FakeSource[] = [];
  closed = false;
  constructor(readonly url: string) {
    super();
    FakeSource.all.push(this);
  }
  close(): void {
    this.closed = true;
  }
  say(name: string, data: unknown, lastEventId: string): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId }));
  }
}

const latest = (): FakeSource => FakeSource.all[FakeSource.all.length - 1] ?? new FakeSource('none');

let visible: DocumentVisibilityState;
function setVisible(state: DocumentVisibilityState): void {
  visible = state;
  document.dispatchEvent(new Event('visibilitychange'));
}

function heard(): Heard {
  return { node: vi.fn(), removed: vi.fn(), network: vi.fn(), blind: vi.fn(), session: vi.fn(), again: vi.fn() };
}

let stream: Stream | null = null;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  FakeSource.all = [];
  visible = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visible);
});

afterEach(() => {
  stream?.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('Stream', () => {
  it('names the session, tells what it hears, and resumes after the last id', () => {
    const ear = heard();
    stream = new Stream(() => 's1', ear);
    expect(latest().url).toBe('/api/events?sid=s1');
    latest().say('removed', { address: 'x' }, '41');
    latest().say('blind', null, '42');
    expect(ear.removed).toHaveBeenCalledWith('x');
    expect(ear.blind).toHaveBeenCalledWith(null);
    latest().dispatchEvent(new Event('error'));
    vi.advanceTimersByTime(2_000);
    expect(FakeSource.all).toHaveLength(2);
    expect(latest().url).toBe('/api/events?sid=s1&after=42');
  });

  it('takes a broken stream for a reason to ask about the session, and for no more', () => {
    const ear = heard();
    stream = new Stream(() => 's1', ear);
    latest().dispatchEvent(new Event('error'));
    expect(ear.session).toHaveBeenCalledOnce();
    expect(ear.removed).not.toHaveBeenCalled();
  });

  it('waits longer each time, and never gives up', () => {
    stream = new Stream(() => null, heard());
    for (let tries = 0; tries < 8; tries += 1) {
      latest().dispatchEvent(new Event('error'));
      vi.advanceTimersByTime(45_000);
    }
    expect(FakeSource.all).toHaveLength(9);
  });

  it('is closed 30 s after the page is hidden, not at once, and opens again when it is seen', () => {
    const ear = heard();
    stream = new Stream(() => 's1', ear);
    const first = latest();
    first.say('session', {}, '7');
    setVisible('hidden');
    vi.advanceTimersByTime(29_000);
    expect(first.closed).toBe(false);
    vi.advanceTimersByTime(2_000);
    expect(first.closed).toBe(true);
    setVisible('visible');
    expect(latest().url).toBe('/api/events?sid=s1&after=7');
    setVisible('hidden');
    setVisible('visible');
    expect(FakeSource.all).toHaveLength(2);
  });

  it('in the background waits until it is looked at, and then asks for what it missed', () => {
    const ear = heard();
    visible = 'hidden';
    stream = new Stream(() => 's1', ear);
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.all).toHaveLength(0);
    setVisible('visible');
    latest().dispatchEvent(new Event('open'));
    expect(FakeSource.all).toHaveLength(1);
    expect(ear.again).toHaveBeenCalledOnce();
  });

  it('asks for everything again after a long absence', () => {
    const ear = heard();
    stream = new Stream(() => 's1', ear);
    latest().dispatchEvent(new Event('open'));
    expect(ear.again).not.toHaveBeenCalled();
    setVisible('hidden');
    vi.advanceTimersByTime(200_000);
    setVisible('visible');
    latest().dispatchEvent(new Event('open'));
    expect(ear.again).toHaveBeenCalledOnce();
  });
});
