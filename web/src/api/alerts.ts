/** The calls about what a person is told: the history, the destinations, the preferences, Telegram, silence by wish. */

import { call } from './client.js';
import type { LogKind, Node, Whole, With } from './model.js';
import type { components } from './schema.js';

type Schemas = components['schemas'];

export const CHANNELS = ['telegram', 'push', 'email', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a person can switch, in the order in which it is shown. */
export const TOPICS = [
  'offline',
  'stuck',
  'kicked',
  'job_failed',
  'job_overdue',
  'jobs_failing',
  'low_sol',
  'stake',
  'version',
  'gpu',
  'tier',
  'job_started',
  'job_ended',
  'blind',
  'summary',
] as const;
export type Topic = (typeof TOPICS)[number];

export type SendOutcome = 'sending' | 'accepted' | 'later' | 'unclear' | 'refused' | 'gone';
export type Attempt = With<Whole<Schemas['Attempt']>, { outcome: SendOutcome }>;
export type Message = With<Whole<Schemas['Message']>, { state: 'waiting' | 'sent' | 'refused' | 'dropped' }>;
export type Delivery = With<
  Whole<Schemas['Delivery']>,
  { channel: Channel; state: 'waiting' | 'told' | 'muted' | 'logged'; message: Message | null; attempts: readonly Attempt[] }
>;
export type Alert = With<Whole<Schemas['Alert']>, { kind: LogKind; topic: Topic | null; deliveries: readonly Delivery[] }>;
export interface AlertPage {
  readonly alerts: readonly Alert[];
  readonly next: string | null;
}
export interface AlertFilter {
  readonly node: string | null;
  readonly topic: string | null;
  readonly destination: string | null;
}

export type Destination = With<Whole<Schemas['Destination']>, { channel: Channel }>;
export type Destinations = With<Whole<Schemas['Destinations']>, { destinations: readonly Destination[]; offers: readonly Channel[] }>;
export type TestOutcome = With<Whole<Schemas['TestOutcome']>, { outcome: SendOutcome }>;
export type NewDestination =
  | { readonly channel: 'email'; readonly to: string }
  | { readonly channel: 'webhook'; readonly url: string; readonly name?: string }
  | { readonly channel: 'push'; readonly endpoint: string; readonly keys: { readonly p256dh: string; readonly auth: string }; readonly name: string };
export type Added = Destination & { readonly secret: string | null };
export type TelegramLink = Whole<Schemas['TelegramLink']>;

export type Switches<Key extends string> = Readonly<Partial<Record<Key, boolean>>>;
export interface Preferences {
  readonly language: 'en' | 'de';
  readonly clock: '24' | '12';
  readonly time_zone: string;
  readonly quiet: { readonly from: string; readonly to: string } | null;
  readonly summary: { readonly every: 'off' | 'day' | 'week'; readonly hour: number | null; readonly weekday: number | null };
  readonly resend_minutes: number | null;
  readonly topics: readonly { readonly topic: Topic; readonly channels: Switches<Channel> }[];
  readonly nodes: readonly { readonly node: string; readonly topics: Switches<Topic> }[];
  readonly tags: readonly { readonly tag: string; readonly muted_until: string | null; readonly topics: Switches<Topic> }[];
}
/** What is left out stays; nodes, tags and topics are those that change. */
export type EditPreferences = Partial<Omit<Preferences, 'tags'>> & { readonly tags?: readonly { readonly tag: string; readonly topics: Switches<Topic> }[] };

export const MUTES = ['1h', '4h', '8h', 'tomorrow'] as const;
export type Mute = (typeof MUTES)[number];
export interface Muted {
  readonly muted_until: string | null;
  readonly nodes: readonly Node[];
  readonly tags: readonly string[];
}

/** Longer than the server waits for the provider. */
const TEST_TIMEOUT_MS = 20_000;
const one = (id: string) => `/api/destinations/${encodeURIComponent(id)}`;

export const alerts = {
  page: (filter: AlertFilter, cursor: string | null, limit = 50) => {
    const query = new URLSearchParams({ limit: String(limit) });
    for (const [key, value] of Object.entries({ ...filter, cursor })) if (value !== null && value !== '') query.set(key, value);
    return call<AlertPage>(`/api/alerts?${query.toString()}`);
  },
  acknowledge: (id: string) => call<null>(`/api/alerts/${encodeURIComponent(id)}/acknowledge`, { method: 'POST' }),
  destinations: () => call<Destinations>('/api/destinations'),
  add: (destination: NewDestination) => call<Added>('/api/destinations', { method: 'POST', body: destination }),
  change: (id: string, changes: { name?: string; paused?: boolean }) => call<Destination>(one(id), { method: 'PUT', body: changes }),
  remove: (id: string) => call<null>(one(id), { method: 'DELETE' }),
  confirm: (id: string, code: string) => call<Destination>(`${one(id)}/confirm`, { method: 'POST', body: { code } }),
  test: (id: string) => call<TestOutcome>(`${one(id)}/test`, { method: 'POST', timeoutMs: TEST_TIMEOUT_MS }),
  linkTelegram: () => call<TelegramLink>('/api/telegram/link', { method: 'POST' }),
  preferences: () => call<Preferences>('/api/preferences'),
  prefer: (changes: EditPreferences) => call<Preferences>('/api/preferences', { method: 'PUT', body: changes }),
  mute: (what: { addresses?: readonly string[]; tags?: readonly string[] }, until: Mute | null) => call<Muted>('/api/nodes/mute', { method: 'POST', body: { ...what, until } }),
};
