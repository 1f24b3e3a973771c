import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Node } from './api/model.js';
import { node, offline, running } from './domain/fixture.js';
import { live } from './live.svelte.js';

/** The server's answers by path; what is not here is never answered. */
let answers: Record<string, () => Response | Promise<Response>>;
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const names = () => live.all.map((entry) => entry.name);

class SilentSource extends EventTarget {
  close(): void {}
}

beforeEach(() => {
  live.wipe();
  answers = { '/api/network': () => json({}, 503), '/api/history': () => json({}, 503), '/api/log': () => json({ entries: [], next: null }) };
  vi.stubGlobal('EventSource', SilentSource);
  vi.stubGlobal('fetch', (path: string) => answers[path.split('?')[0] ?? '']?.() ?? new Promise(() => {}));
});

afterEach(() => {
  live.wipe();
  vi.unstubAllGlobals();
});

const snapshot = (nodes: Node[]) => () => json({ nodes, limit: 50 });

describe('live', () => {
  it('takes the snapshot, and what the stream brought meanwhile is newer', async () => {
    let release = (_: Response) => {};
    answers['/api/nodes'] = () => new Promise((done) => (release = done));
    live.start('u1', 's1');
    live.put([offline('b')]);
    live.drop(['c-address']);
    release(json({ nodes: [running('a'), running('b'), running('c')], limit: 50 }));
    await vi.waitFor(() => expect(live.load.state).toBe('ready'));
    expect(names()).toEqual(['a', 'b']);
    expect(live.nodes.get('b-address')?.status).toBe('offline');
    expect(live.limit).toBe(50);
  });

  it('says that it could not load, and never that there is nothing', async () => {
    answers['/api/nodes'] = () => json({ code: 'undecided' }, 503);
    live.start('u1', 's1');
    await vi.waitFor(() => expect(live.load.state).toBe('failed'));
    expect(live.load).toMatchObject({ failure: { kind: 'problem', status: 503 } });
  });

  it('keeps what it has when a later question fails', async () => {
    answers['/api/nodes'] = snapshot([running('a')]);
    live.start('u1', 's1');
    await vi.waitFor(() => expect(live.load.state).toBe('ready'));
    answers['/api/nodes'] = () => json({}, 502);
    await live.refresh();
    expect(live.load.state).toBe('ready');
    expect(names()).toEqual(['a']);
  });

  it('keeps its nodes for the same person in a new session, and shows none of them to another', async () => {
    answers['/api/nodes'] = snapshot([running('a')]);
    live.start('u1', 's1');
    await vi.waitFor(() => expect(names()).toEqual(['a']));
    delete answers['/api/nodes'];
    live.start('u1', 's2');
    expect(names()).toEqual(['a']);
    live.start('u2', 's3');
    expect(names()).toEqual([]);
    expect(live.load.state).toBe('loading');
  });

  it('lets a late answer to the person before fall', async () => {
    let release = (_: Response) => {};
    answers['/api/nodes'] = () => new Promise((done) => (release = done));
    live.start('u1', 's1');
    delete answers['/api/nodes'];
    live.start('u2', 's2');
    release(json({ nodes: [node('secret')], limit: 50 }));
    await new Promise((done) => setTimeout(done));
    expect(names()).toEqual([]);
  });
});
