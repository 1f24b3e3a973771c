/** What a push message says and how it is shown; the service worker has no catalogue, so its own few words are here. */

/** As the server sends it. */
export interface PushMessage {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** A later message of the same tag replaces an earlier one. */
  readonly tag: string;
  readonly path: string;
  readonly node: string | null;
  /** Whether it can be muted and acknowledged. */
  readonly actions: boolean;
  readonly at: number | null;
}

/** What a press on a notification's button asks the page to do. */
export interface Deed {
  readonly do: 'mute' | 'seen';
  readonly node: string | null;
  readonly message: string;
}

/** Where the deeds wait for the page. A link that somebody sends finds none there, and does nothing. */
export const DEEDS = 'wakeful-deeds';
export const deedUrl = (nonce: string): string => `/deeds/${nonce}`;

const WORDS = {
  en: { mute: 'Mute 8 h', seen: 'I have seen it', unreadable: 'Something happened. Open the app to see what.' },
  de: { mute: '8 h stumm', seen: 'Gesehen', unreadable: 'Es ist etwas geschehen. Die App sagt, was.' },
};
const wordsFor = (language: string) => (language.toLowerCase().startsWith('de') ? WORDS.de : WORDS.en);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads a message; what cannot be read is told as that, because a browser takes push away from those who show nothing. */
export function readMessage(raw: string | null, language: string): PushMessage {
  const unreadable: PushMessage = { id: '', title: 'Wakeful', body: wordsFor(language).unreadable, tag: 'wakeful', path: '/alerts', node: null, actions: false, at: null };
  let data: Record<string, unknown>;
  try {
    const read: unknown = JSON.parse(raw ?? '');
    if (typeof read !== 'object' || read === null) return unreadable;
    data = read as Record<string, unknown>;
  } catch {
    return unreadable;
  }
  if (text(data['title']) === '') return unreadable;
  const path = text(data['path']);
  const at = typeof data['at'] === 'number' ? data['at'] : Date.parse(text(data['at']));
  return {
    id: text(data['id']),
    title: text(data['title']),
    body: text(data['body']),
    tag: text(data['tag']) || text(data['id']) || 'wakeful',
    // A path of ours and nothing else: it is opened without a question.
    path: /^\/(?![/\\])/.test(path) ? path : '/alerts',
    node: text(data['node']) || null,
    actions: data['actions'] === true,
    at: Number.isFinite(at) ? at : null,
  };
}

/** The actions a notification offers; a mute needs a node. */
export function actionsOf(message: PushMessage, language: string): { action: Deed['do']; title: string }[] {
  if (!message.actions) return [];
  const words = wordsFor(language);
  const seen = { action: 'seen' as const, title: words.seen };
  return message.node === null ? [seen] : [{ action: 'mute', title: words.mute }, seen];
}

/** The page that a deed opens: it carries only the number of the deed. */
export function deedPath(path: string, nonce: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}do=${nonce}`;
}
