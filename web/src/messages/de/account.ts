/** Deutsch: das eigene Konto, seine Geräte und Token, und was über die Sitzung gesagt wird. */

import { number, plural } from './state.js';

export const devices = {
  title: 'Geräte',
  link: 'Geräte',
  linkText: 'Wo du angemeldet bist, und warum eine Sitzung endete',
  signedIn: 'Angemeldet',
  count: (count: number) => plural(count, 'Gerät', 'Geräte'),
  kind: { phone: 'Telefon', tablet: 'Tablet', desk: 'Rechner', program: 'Programm' },
  on: (name: string, system: string | null) => (system === null ? name : `${name} auf ${system}`),
  unnamed: 'Es sagt nicht, was es ist',
  here: 'hier',
  inUse: 'gerade in Gebrauch',
  lastSeen: (time: string) => `zuletzt gesehen ${time}`,
  withinHour: 'in der letzten Stunde gesehen',
  since: (time: string) => `seit ${time}`,
  from: (address: string) => `von ${address}`,
  signOut: 'Abmelden',
  signOutNamed: (name: string) => `${name} abmelden`,
  signOutOthers: (count: number) => (count === 1 ? 'Das andere abmelden' : `Die anderen ${number(count)} abmelden`),
  sure: (count: number) => (count === 1 ? 'Jetzt abmelden' : `Jetzt ${number(count)} abmelden`),
  keep: 'So lassen',
  done: (count: number) => (count === 1 ? 'Abgemeldet.' : `${plural(count, 'Gerät', 'Geräte')} abgemeldet.`),
  onlyHere: 'Du bist nirgends sonst angemeldet.',
  ended: 'Beendet',
  endedNote: 'und warum',
  endedNone: 'Noch hat keine Sitzung dieses Kontos geendet.',
  endedAt: (time: string) => `beendet ${time}`,
  why: 'Eine Sitzung endet aus einem Grund oder gar nicht. Jedes Ende steht hier.',
};

export const password = {
  title: 'Passwort ändern',
  link: 'Passwort',
  current: 'Passwort bisher',
  fresh: 'Neues Passwort',
  others: 'Deine anderen Geräte werden abgemeldet. Auf diesem geht es weiter.',
  tokens: 'Auch die API-Token beenden',
  tokensHint: 'Skripte und Anzeigen, die eines benutzen, stehen still, bis du ihnen ein neues gibst.',
  save: 'Passwort ändern',
  saving: 'Ändert das Passwort',
  changed: (sessions: number, tokens: number) =>
    [
      'Das Passwort ist geändert.',
      sessions > 0 ? `${plural(sessions, 'anderes Gerät wurde', 'andere Geräte wurden')} abgemeldet.` : '',
      tokens > 0 ? `${number(tokens)} Token beendet.` : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
};

export const tokens = {
  title: 'API-Token',
  link: 'API-Token',
  linkText: 'Für Skripte, Anzeigen und Metriken',
  intro: 'Ein Token lässt ein Programm als dich ein, soweit seine Rechte reichen, bis es endet oder du es zurücknimmst. Sitzungen und Token verwalten kann es nicht.',
  list: 'In Gebrauch',
  none: 'Noch gibt es kein Token.',
  make: 'Token anlegen',
  name: 'Name',
  nameHint: 'Was es benutzt, damit du weißt, welches du zurücknimmst.',
  scopes: 'Was es darf',
  scope: { read: 'lesen', write: 'schreiben', metrics: 'Metriken' } as Record<string, string>,
  scopeText: { read: 'Nodes, Jobs und das Protokoll lesen', write: 'Nodes hinzufügen, ändern und löschen', metrics: 'Die Zahlen von /metrics lesen' } as Record<string, string>,
  ends: 'Es endet',
  days: (days: number) => `nach ${plural(days, 'Tag', 'Tagen')}`,
  never: 'wenn du es zurücknimmst',
  secretTitle: (name: string) => `Das Token ${name}`,
  secretText: 'Es wird jetzt gezeigt und nie wieder. Bewahre es auf, wo das Programm es findet.',
  secretLabel: 'Token',
  copy: 'Kopieren',
  copied: 'Kopiert.',
  notCopied: 'Nicht kopiert: Der Browser ließ es nicht zu. Markiere stattdessen das Token.',
  kept: 'Ich habe es aufbewahrt',
  madeAt: (time: string) => `angelegt ${time}`,
  usedAt: (time: string) => `zuletzt benutzt ${time}`,
  unused: 'nie benutzt',
  endsAt: (time: string) => `endet ${time}`,
  endless: 'ohne Ende',
  revoke: 'Zurücknehmen',
  revokeNamed: (name: string) => `${name} zurücknehmen`,
  sure: 'Jetzt zurücknehmen',
  revoked: (name: string) => `${name} ist zurückgenommen. Was es benutzte, wird von nun an abgewiesen.`,
  past: 'Zurückgenommen oder beendet',
  revokedAt: (time: string) => `zurückgenommen ${time}`,
  expiredAt: (time: string) => `von selbst beendet ${time}`,
};

export const notice = {
  label: 'Zu dieser Sitzung',
  refusedTitle: 'Etwas zwischen dir und dem Server verlangt eine Anmeldung',
  refusedText: 'Ein Proxy oder die Seite eines Netzes antwortet an der Stelle des Servers. Du bist nicht abgemeldet. Wenn du die Seite neu lädst, siehst du, was es will.',
  reload: 'Seite neu laden',
  endsTitle: (left: string) => `Diese Sitzung endet in ${left}`,
  endsSoonTitle: 'Diese Sitzung endet gleich',
  endsText: 'Länger darf sie nicht dauern. Gib das Passwort noch einmal ein, dann geht sie weiter, und alles bleibt, wie es ist.',
  idleTitle: (left: string) => `Unberührt endet diese Sitzung in ${left}`,
  idleText: 'Jede Taste und jeder Klick erhält sie.',
  again: 'Passwort',
  goOn: 'Weiter',
  goingOn: 'Geht weiter',
  later: 'Jetzt nicht',
  wentOn: 'Die Sitzung geht weiter.',
  newerTitle: 'Es gibt eine neuere Version',
  newerText: 'Lade die Seite neu, um sie zu benutzen. Du bleibst angemeldet.',
  draftKept: 'Was du geschrieben hast, bleibt.',
};

/** Gezeigt, wo die Seite über einfaches http unter einem Namen des Netzes kam. */
export const plain = {
  title: 'Über einfaches http',
  text: 'Du bist angemeldet, und der Wache fehlt nichts. Mit https ginge die App auch ohne Netz auf, ihre Tabs teilten sich eine Frage an den Server, und niemand im Netz könnte mitlesen.',
  how: 'Stelle einen Proxy mit Zertifikat davor und setze WAKEFUL_PUBLIC_URL auf seine https-Adresse. Du meldest dich dann einmal neu an, weil das Cookie von https ein anderes ist.',
};
