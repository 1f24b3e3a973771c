/** Times and durations as people read them. */

export interface Units {
  readonly s: string;
  readonly min: string;
  readonly h: string;
  readonly d: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `4 s`, `27 min`, `1 h 50`, `3 d 4 h`: two figures at most, never rounded up. */
export function duration(ms: number, units: Units): string {
  const length = Math.max(0, ms);
  if (length < MINUTE) return `${Math.floor(length / 1000)} ${units.s}`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} ${units.min}`;
  if (length < DAY) return `${Math.floor(length / HOUR)} ${units.h} ${String(Math.floor((length % HOUR) / MINUTE)).padStart(2, '0')}`;
  const hours = Math.floor((length % DAY) / HOUR);
  return `${Math.floor(length / DAY)} ${units.d}${hours === 0 ? '' : ` ${hours} ${units.h}`}`;
}

export interface Calendar {
  readonly locale: string;
  /** IANA name; undefined is the device's own zone. */
  readonly timeZone: string | undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(calendar: Calendar, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${calendar.locale} ${calendar.timeZone ?? ''} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(calendar.locale, { ...options, ...(calendar.timeZone === undefined ? {} : { timeZone: calendar.timeZone }) });
  formats.set(key, made);
  return made;
}

/** `02:14` */
export const clockTime = (at: number, calendar: Calendar): string => format(calendar, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

/** `21 Nov` */
export const shortDate = (at: number, calendar: Calendar): string => format(calendar, { day: 'numeric', month: 'short' }).format(at);

/** `21 Nov`, and the year where it is not the one of `now`. */
export function date(at: number, now: number, calendar: Calendar): string {
  const year = (time: number) => format(calendar, { year: 'numeric' }).format(time);
  return year(at) === year(now) ? shortDate(at, calendar) : format(calendar, { day: 'numeric', month: 'short', year: 'numeric' }).format(at);
}

/** `Mon 23` */
export const weekday = (at: number, calendar: Calendar): string =>
  format(calendar, { weekday: 'short', day: 'numeric' })
    .formatToParts(at)
    .filter((part) => part.type === 'weekday' || part.type === 'day')
    .sort((a) => (a.type === 'weekday' ? -1 : 1))
    .map((part) => part.value)
    .join(' ');

/** The clock within a day of `now`, the date and the clock before that. */
export function since(at: number, now: number, calendar: Calendar): string {
  return Math.abs(now - at) < DAY ? clockTime(at, calendar) : `${shortDate(at, calendar)}, ${clockTime(at, calendar)}`;
}

/** The exact time, for a title: to the second, with date and zone. */
export const exact = (at: number, calendar: Calendar): string => format(calendar, { dateStyle: 'medium', timeStyle: 'long' }).format(at);

const LEAST_WINDOW = 15 * MINUTE;

/**
 * The first instant of a picture that goes `hours` back: not before the past begins, so that a young one is not a dot,
 * and at least a quarter of an hour wide. `known`: the first instants of what there is to draw.
 */
export function windowFrom(to: number, hours: number, known: readonly number[]): number {
  const wanted = to - hours * HOUR;
  return known.length === 0 ? wanted : Math.max(wanted, Math.min(Math.min(...known), to - LEAST_WINDOW));
}

/** How far apart the hours under a picture stand; `few` where there is little room. */
export function hoursApart(from: number, to: number, few: boolean): number {
  const span = (to - from) / HOUR;
  if (span > 30) return 24;
  if (span > 12) return few ? 6 : 3;
  return span > 4 && few ? 3 : 1;
}

/** Marks every `hours` hours of the person's own clock between two times. Midnight carries the date. */
export function hourMarks(from: number, to: number, hours: number, calendar: Calendar): { at: number; midnight: boolean }[] {
  const marks: { at: number; midnight: boolean }[] = [];
  for (let at = Math.ceil(from / (15 * MINUTE)) * 15 * MINUTE; at <= to; at += 15 * MINUTE) {
    const [hour = 0, minute = 0] = clockTime(at, calendar).split(':').map(Number);
    if (minute === 0 && hour % hours === 0) marks.push({ at, midnight: hour === 0 });
  }
  return marks;
}
