import { hoursApart, windowFrom } from './time.js';
import { describe, expect, it } from 'vitest';
import { NOW, ago } from './fixture.js';
import { clockTime, date, duration, hourMarks, since, weekday } from './time.js';

const UNITS = { s: 's', min: 'min', h: 'h', d: 'd' };
const BERLIN = { locale: 'en-GB', timeZone: 'Europe/Berlin' };
const MINUTE = 60_000;

describe('duration', () => {
  it.each([
    [-5_000, '0 s'],
    [4_999, '4 s'],
    [59_999, '59 s'],
    [27.9 * MINUTE, '27 min'],
    [110 * MINUTE, '1 h 50'],
    [120 * MINUTE, '2 h 00'],
    [24 * 60 * MINUTE, '1 d'],
    [(3 * 24 + 4) * 60 * MINUTE, '3 d 4 h'],
  ])('%i ms is %s', (ms, words) => {
    expect(duration(ms, UNITS)).toBe(words);
  });
});

describe('clock', () => {
  it('shows the zone of the person', () => {
    expect(clockTime(NOW, BERLIN)).toBe('03:41');
    expect(weekday(NOW, BERLIN)).toBe('Mon 23');
  });

  it('carries a date only when the clock alone would mislead', () => {
    expect(since(Date.parse(ago(60)), NOW, BERLIN)).toBe('02:41');
    expect(since(Date.parse(ago(60 * 30)), NOW, BERLIN)).toBe('21 Nov, 21:41');
  });
});

describe('hour marks', () => {
  it('stand at full hours of the person, also where the zone is off by half an hour', () => {
    const marks = hourMarks(NOW - 24 * 60 * MINUTE, NOW, 3, { locale: 'en-GB', timeZone: 'Asia/Kolkata' });
    expect(marks.map((mark) => clockTime(mark.at, { locale: 'en-GB', timeZone: 'Asia/Kolkata' }))).toEqual(['09:00', '12:00', '15:00', '18:00', '21:00', '00:00', '03:00', '06:00']);
    expect(marks.filter((mark) => mark.midnight)).toHaveLength(1);
  });
});

describe('windowFrom', () => {
  const HOUR = 3_600_000;
  const to = 1_000 * HOUR;

  it('goes as far back as asked when there is a past', () => {
    expect(windowFrom(to, 24, [to - 100 * HOUR])).toBe(to - 24 * HOUR);
    expect(windowFrom(to, 24, [])).toBe(to - 24 * HOUR);
  });

  it('begins with a young past, but is never a dot', () => {
    expect(windowFrom(to, 24, [to - 2 * HOUR, to - HOUR])).toBe(to - 2 * HOUR);
    expect(windowFrom(to, 24, [to - 60_000])).toBe(to - HOUR / 4);
  });

  it('puts fewer hours under a narrow picture', () => {
    expect([24, 168, 6].map((hours) => hoursApart(0, hours * HOUR, false))).toEqual([3, 24, 1]);
    expect([24, 6].map((hours) => hoursApart(0, hours * HOUR, true))).toEqual([6, 3]);
  });
});

it('says the year only where it is another one', () => {
  const now = Date.UTC(2026, 10, 23);
  expect(date(Date.UTC(2026, 1, 3), now, BERLIN)).toBe('3 Feb');
  expect(date(Date.UTC(2027, 10, 23), now, BERLIN)).toBe('23 Nov 2027');
});
