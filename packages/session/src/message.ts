/** What one tab tells the others. Each is a hint to ask the server, never a decision, and none carries a credential. */

export interface Message {
  /** `signed_in`: there is a new session. `over`: one ended or is being left. `rev`: the server told of a revocation. */
  readonly type: 'signed_in' | 'over' | 'rev';
  readonly sid: string | null;
  readonly rev: number;
}

/**
 * Whether a message says something that a tab with this session does not know yet. Anybody may speak on the channel, other
 * versions of the app too: what it takes for news costs one question, and what is no message of ours is none.
 */
export function isNews(message: Partial<Record<keyof Message, unknown>>, sid: string | null, rev: number): boolean {
  if (message.type === 'signed_in') return message.sid !== sid;
  return message.type === 'over' ? sid !== null && message.sid === sid : Number(message.rev) > rev;
}
