import { describe, expect, it } from 'vitest';
import { actionsOf, deedPath, readMessage } from './push-message.js';
import { abilityOf, browserName, bytesOf } from './push.js';

const HERE = { secure: true, worker: true, push: true, permission: 'default' as const, agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36', touchPoints: 0, standalone: false };
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1';

describe('what stands in the way of push', () => {
  it('is plain http before all else', () => {
    expect(abilityOf({ ...HERE, secure: false, worker: false, push: false, permission: null })).toBe('insecure');
  });

  it('is the home screen on iOS, also on an iPad that calls itself a Mac', () => {
    expect(abilityOf({ ...HERE, agent: PHONE, push: false, permission: null, touchPoints: 5 })).toBe('home_screen');
    expect(abilityOf({ ...HERE, agent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)', touchPoints: 5, push: false })).toBe('home_screen');
    expect(abilityOf({ ...HERE, agent: PHONE, touchPoints: 5, standalone: true })).toBe('able');
  });

  it('is the person’s own no', () => {
    expect(abilityOf({ ...HERE, permission: 'denied' })).toBe('denied');
    expect(abilityOf({ ...HERE, push: false })).toBe('unsupported');
    expect(abilityOf(HERE)).toBe('able');
  });
});

it('reads keys in base64url', () => {
  expect([...bytesOf('-_8AAQ')]).toEqual([251, 255, 0, 1]);
});

it('names a browser by what people call it', () => {
  expect(browserName(HERE.agent)).toBe('Chrome, Linux');
  expect(browserName(PHONE)).toBe('Safari, iPhone');
});

describe('a push message', () => {
  const whole = { id: 'm1', title: 'barn-4090-c is offline', body: 'since 02:14', tag: 'offline', path: '/nodes/abc', node: 'abc', actions: true, at: 1_700_000_000_000 };

  it('is read as it was sent', () => {
    expect(readMessage(JSON.stringify(whole), 'en')).toEqual(whole);
  });

  it('shows something even when nobody can read it', () => {
    for (const raw of [null, '', 'not json', '[]', '{"title":""}', 'null']) expect(readMessage(raw, 'de-DE')).toMatchObject({ title: 'Wakeful', path: '/alerts', body: 'Es ist etwas geschehen. Die App sagt, was.' });
  });

  it('opens no page but ours', () => {
    for (const path of ['https://elsewhere.example/', '//elsewhere.example', '/\\elsewhere.example', 'javascript:alert(1)', '']) {
      expect(readMessage(JSON.stringify({ ...whole, path }), 'en').path).toBe('/alerts');
    }
  });

  it('offers to mute only where there is a node', () => {
    expect(actionsOf(readMessage(JSON.stringify(whole), 'en'), 'en').map(({ title }) => title)).toEqual(['Mute 8 h', 'I have seen it']);
    expect(actionsOf(readMessage(JSON.stringify({ ...whole, node: null }), 'en'), 'en').map(({ action }) => action)).toEqual(['seen']);
    expect(actionsOf(readMessage(JSON.stringify({ ...whole, actions: false }), 'en'), 'en')).toEqual([]);
  });

  it('hands its deed on by number', () => {
    expect(deedPath('/nodes/abc', 'n1')).toBe('/nodes/abc?do=n1');
    expect(deedPath('/alerts?node=abc', 'n1')).toBe('/alerts?node=abc&do=n1');
  });
});
