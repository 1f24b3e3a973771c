/** English: one's own account, its devices and tokens, and what is said about the session. */

import { number, plural } from './state.js';

export const devices = {
  title: 'Devices',
  link: 'Devices',
  linkText: 'Where you are signed in, and why a session ended',
  signedIn: 'Signed in',
  count: (count: number) => plural(count, 'device', 'devices'),
  kind: { phone: 'Phone', tablet: 'Tablet', desk: 'Computer', program: 'Program' },
  on: (name: string, system: string | null) => (system === null ? name : `${name} on ${system}`),
  unnamed: 'It does not say what it is',
  here: 'here',
  inUse: 'in use now',
  lastSeen: (time: string) => `last seen ${time}`,
  withinHour: 'seen within the hour',
  since: (time: string) => `since ${time}`,
  from: (address: string) => `from ${address}`,
  signOut: 'Sign out',
  signOutNamed: (name: string) => `Sign out ${name}`,
  signOutOthers: (count: number) => (count === 1 ? 'Sign out the other one' : `Sign out the other ${number(count)}`),
  sure: (count: number) => (count === 1 ? 'Sign it out now' : `Sign out ${number(count)} now`),
  keep: 'Leave them',
  done: (count: number) => (count === 1 ? 'Signed out.' : `${plural(count, 'device', 'devices')} signed out.`),
  onlyHere: 'You are signed in nowhere else.',
  ended: 'Ended',
  endedNote: 'and why',
  endedNone: 'No session of this account has ended yet.',
  endedAt: (time: string) => `ended ${time}`,
  why: 'A session ends for a reason or not at all. Every end is listed here.',
};

export const password = {
  title: 'Change the password',
  link: 'Password',
  current: 'Password so far',
  fresh: 'New password',
  others: 'Your other devices are signed out. This one goes on.',
  tokens: 'End the API tokens too',
  tokensHint: 'Scripts and dashboards that use one stop until you give them a new one.',
  save: 'Change the password',
  saving: 'Changing the password',
  changed: (sessions: number, tokens: number) =>
    [
      'The password is changed.',
      sessions > 0 ? `${plural(sessions, 'other device was', 'other devices were')} signed out.` : '',
      tokens > 0 ? `${plural(tokens, 'token', 'tokens')} ended.` : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
};

export const tokens = {
  title: 'API tokens',
  link: 'API tokens',
  linkText: 'For scripts, dashboards and metrics',
  intro: 'A token lets a program in as you, within its scopes, until it ends or you take it back. It cannot manage sessions or tokens.',
  list: 'In use',
  none: 'There is no token yet.',
  make: 'Make a token',
  name: 'Name',
  nameHint: 'What uses it, so that you know which one to take back.',
  scopes: 'What it may do',
  scope: { read: 'read', write: 'write', metrics: 'metrics' } as Record<string, string>,
  scopeText: { read: 'Read nodes, jobs and the log', write: 'Add, change and delete nodes', metrics: 'Read the figures of /metrics' } as Record<string, string>,
  ends: 'It ends',
  days: (days: number) => `after ${plural(days, 'day', 'days')}`,
  never: 'when you take it back',
  secretTitle: (name: string) => `The token ${name}`,
  secretText: 'It is shown now and never again. Keep it where the program finds it.',
  secretLabel: 'Token',
  copy: 'Copy',
  copied: 'Copied.',
  notCopied: 'Not copied: the browser did not allow it. Select the token instead.',
  kept: 'I have kept it',
  madeAt: (time: string) => `made ${time}`,
  usedAt: (time: string) => `last used ${time}`,
  unused: 'never used',
  endsAt: (time: string) => `ends ${time}`,
  endless: 'no end',
  revoke: 'Take back',
  revokeNamed: (name: string) => `Take back ${name}`,
  sure: 'Take it back now',
  revoked: (name: string) => `${name} was taken back. Whatever used it is refused from now on.`,
  past: 'Taken back or ended',
  revokedAt: (time: string) => `taken back ${time}`,
  expiredAt: (time: string) => `ended by itself ${time}`,
};

export const notice = {
  label: 'About this session',
  refusedTitle: 'Something between you and the server asks for a sign-in',
  refusedText: 'A proxy or a network’s own page answers in the server’s place. You are not signed out. Loading the page anew shows what it wants.',
  reload: 'Load the page anew',
  endsTitle: (left: string) => `This session ends in ${left}`,
  endsSoonTitle: 'This session is about to end',
  endsText: 'That is the longest it may last. Give the password once more and it goes on, with everything as it is.',
  idleTitle: (left: string) => `Without a touch this session ends in ${left}`,
  idleText: 'Any key or click keeps it.',
  again: 'Password',
  goOn: 'Go on',
  goingOn: 'Going on',
  later: 'Not now',
  wentOn: 'The session goes on.',
  newerTitle: 'A newer version is here',
  newerText: 'Load the page anew to use it. You stay signed in.',
  draftKept: 'What you were writing is kept.',
};

/** Shown where the page came over plain http under a name of the network. */
export const plain = {
  title: 'Over plain http',
  text: 'You are signed in and nothing is missing from the watch. With https the app would also open without a network, its tabs would share one question to the server, and nobody in the network could read along.',
  how: 'Put a proxy with a certificate in front and set WAKEFUL_PUBLIC_URL to its https address. You sign in once more then, because the cookie of https is another one.',
};
