/** What one tab tells the others. Each is a hint to ask the server, never a decision, and none carries a credential. */

export interface Message {
  /** `signed_in`: there is a new session. `over`: one ended or is being left. `rev`: the server told of a revocation. */
  readonly type: 'signed_in' | 'over' | 'rev';
  readonly sid: string | null;
  readonly rev: number;
}

/** Other versions of the app, and others than the app, may speak on the same channel. */
export function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false;
  const { type, sid, rev } = value as Record<string, unknown>;
  return (type === 'signed_in' || type === 'over' || type === 'rev') && (sid === null || typeof sid === 'string') && typeof rev === 'number';
}

/** Whether a message says something that a tab with this session does not know yet. */
export function isNews(message: Message, sid: string | null, rev: number): boolean {
  if (message.type === 'signed_in') return message.sid !== sid;
  return message.type === 'over' ? sid !== null && message.sid === sid : message.rev > rev;
}
