/** German: what a node is, why, and what happened. */

import type { AddressFault } from '../../domain/address.js';
import type { Verdict } from '../../domain/verdict.js';

export const number = (value: number): string => new Intl.NumberFormat('de').format(value);
export const plural = (count: number, one: string, other: string): string => `${number(count)} ${count === 1 ? one : other}`;
const nodes = (count: number) => plural(count, 'Node', 'Nodes');

export const units = { s: 's', min: 'min', h: 'h', d: 'T' };

export const status = {
  running: 'Läuft',
  queued: 'Wartet',
  queuedAt: (position: number, length: number) => `Wartet, ${number(position)} von ${number(length)}`,
  up: 'An',
  overdue: 'Überfällig',
  stuck: 'Hängt',
  running_silent: 'Läuft, aber stumm',
  queued_silent: 'Wartet, aber stumm',
  offline: 'Offline',
  unknown: 'Unbekannt',
  looking: 'erster Blick',
  lowSol: (word: string) => `${word}, wenig SOL`,
  lastKnown: (word: string) => `unbekannt, zuletzt ${word}`,
  for: (duration: string) => `seit ${duration}`,
};

export const activity = {
  starting: 'Startet',
  restarting: 'Startet neu',
  benchmarking: 'Benchmark',
  healthcheck: 'Selbsttest',
  joining_market: 'Tritt bei',
  running_job: 'An, sagt: läuft',
  queued: 'An, sagt: wartet',
  other: 'An, beschäftigt',
};

export const rawActivity = {
  starting: 'STARTING',
  restarting: 'RESTARTING',
  benchmarking: 'BENCHMARKING',
  healthcheck: 'HEALTHCHECK',
  joining_market: 'JOINING_MARKET',
  running_job: 'RUNNING_JOB',
  queued: 'QUEUED',
  other: 'OTHER',
};

export const tally = { running: 'laufen', queued: 'warten', up: 'an', stuck: 'hängen', silent: 'stumm', offline: 'offline', unknown: 'unbekannt' };

export const vocabulary = {
  running: 'ein Job zahlt',
  queued: 'wartet in einem Markt, bis es dran ist',
  up: 'startet, misst sich, tritt bei',
  overdue: 'läuft noch nach der Frist',
  stuck: 'seit 10 Minuten an, ohne Arbeit und ohne Platz',
  low_sol: 'ein Umstand zusätzlich zum Zustand',
  queued_silent: 'Kette und Endpunkt widersprechen sich',
  running_silent: 'Kette und Endpunkt widersprechen sich',
  offline: 'Endpunkt stumm, und die Kette sagt dasselbe',
  unknown: 'wir konnten nicht hinsehen und sagen, warum',
  stale: 'zuletzt bekannt, älter als drei Blicke',
  looking: 'der erste Blick läuft',
};

export function verdict(v: Verdict, at: string): { strong: string; quiet: readonly string[] } {
  if (v.all === 0) return { strong: 'Noch wird kein Node beobachtet.', quiet: [] };
  const blind = v.blindSince !== null;
  const past = (now: string, then: string) => (blind ? then : now);
  const parts: string[] = [];
  if (v.unseen > 0) parts.push(`${number(v.unseen)} ${past(v.unseen === 1 ? 'ist' : 'sind', v.unseen === 1 ? 'war' : 'waren')} nicht zu sehen`);
  if (v.looking > 0) parts.push(`${number(v.looking)} ${v.looking === 1 ? 'bekommt' : 'bekommen'} den ersten Blick`);
  if (v.need === 0 && v.unseen === 0 && v.looking === 0) {
    const rest = past(
      `${number(v.running)} ${v.running === 1 ? 'läuft' : 'laufen'}, ${number(v.waiting)} ${v.waiting === 1 ? 'wartet' : 'warten'}.`,
      `${number(v.running)} ${v.running === 1 ? 'lief' : 'liefen'}, ${number(v.waiting)} ${v.waiting === 1 ? 'wartete' : 'warteten'}.`,
    );
    if (v.all === 1) return { strong: blind ? `Um ${at} ging es deinem Node gut.` : 'Deinem Node geht es gut.', quiet: [rest] };
    return { strong: blind ? `Um ${at} ging es allen ${nodes(v.all)} gut.` : `Allen ${nodes(v.all)} geht es gut.`, quiet: [rest] };
  }
  if (v.well > 0) parts.push(`${number(v.well)} ${past('geht es gut', 'ging es gut')}`);
  const count = v.need === 0 ? 'kein Node' : nodes(v.need);
  const verb = v.need <= 1 ? past('braucht', 'brauchte') : past('brauchen', 'brauchten');
  const strong = blind ? `Um ${at} ${verb} dich ${count}.` : `${count.charAt(0).toUpperCase()}${count.slice(1)} ${verb} dich.`;
  return { strong, quiet: parts.map((part, index) => `${part}${index < parts.length - 1 ? ',' : '.'}`) };
}

export const sentence = {
  running: 'Ein Job läuft und zahlt.',
  runningUntil: (time: string) => `Ein Job läuft und zahlt, höchstens bis ${time}.`,
  queued: 'Es wartet, bis es dran ist.',
  queuedAt: (position: number, length: number) => `Es hält Platz ${number(position)} von ${number(length)} und antwortet.`,
  up: (state: string) => `Es antwortet und steht in keiner Schlange. Es sagt ${state}.`,
  upPlain: 'Es antwortet und steht in keiner Schlange.',
  queuedSilent: (position: number | null, length: number | null) =>
    position === null || length === null
      ? 'Es hält einen Platz in der Schlange und antwortet nicht. Kommt es dran, scheitert der Job.'
      : `Es hält Platz ${number(position)} von ${number(length)} und antwortet nicht. Kommt es dran, scheitert der Job.`,
  runningSilent: 'Die Kette führt es in einem Lauf, und es antwortet nicht. Der Job kann verloren sein.',
  offline: (since: string) => `Seit ${since} antwortet nichts, und die Kette führt es nirgends.`,
  stuck: (duration: string, state: string) => `Seit ${duration} an, weder in der Schlange noch bei der Arbeit. Es sagt ${state}.`,
  stuckPlain: (duration: string) => `Seit ${duration} an, weder in der Schlange noch bei der Arbeit.`,
  overdue: (duration: string) => `Der Job läuft seit ${duration} über seine Frist. Er bringt nichts mehr ein.`,
  lowSol: (left: string) => `Noch ${left} SOL. Unter 0,0050 nimmt der Node keine Arbeit mehr an.`,
  looking: 'Der erste Blick läuft. Was fehlt, füllt sich von selbst.',
  chainUnseen: 'Wir sehen die Kette nicht und können nicht sagen, was es tut.',
  unseenBoth: 'Wir sehen weder die Kette noch seinen Endpunkt.',
  frontAnswers: (status: number) => `Etwas davor antwortet ${status}, darum wissen wir nicht, ob der Node an ist.`,
  silentFor: (since: string) => `Seit ${since} antwortet nichts. Wir warten etwas, bevor wir das ein Urteil nennen.`,
};

export const advice = {
  queuedSilent: 'Starte es neu, oder stoppe es, damit es die Schlange verlässt.',
  runningSilent: 'Sieh nach der Maschine und ihrem Netz.',
  offline: 'Sieh nach der Maschine, ihrem Strom und ihrem Netz.',
  stuck: 'Sieh in das Protokoll des Nodes, dann starte ihn neu.',
  overdue: 'Stoppe den Job auf dem Node, oder starte den Node neu.',
  lowSol: 'Schicke etwas SOL an seine Adresse.',
  unseen: 'Hier ist nichts zu tun: Es geht um unsere Sicht, nicht um den Node.',
};

export const why: Record<string, string> = {
  first_look: 'der erste Blick läuft',
  waiting_for_second_look: 'ein zweiter Blick muss es erst bestätigen',
  rpc_unreachable: 'kein RPC-Endpunkt war zu erreichen',
  rpc_timeout: 'der RPC-Endpunkt antwortet nicht rechtzeitig',
  rpc_throttled: 'der RPC-Endpunkt bremst uns',
  rpc_http_error: 'der RPC-Endpunkt antwortet mit einem HTTP-Fehler',
  rpc_error: 'der RPC-Endpunkt antwortet mit einem Fehler',
  rpc_redirect: 'der RPC-Endpunkt leitet uns um',
  rpc_garbage: 'der RPC-Endpunkt antwortet Unlesbares',
  rpc_too_large: 'die Antwort des RPC-Endpunkts ist zu groß',
  rpc_stale: 'der RPC-Endpunkt hinkt der Kette nach',
  rpc_empty_list: 'der RPC-Endpunkt antwortet mit einer leeren Liste',
  rpc_short_list: 'die Liste des RPC-Endpunkts ist gekürzt',
  rpc_bad_account: 'ein Konto auf der Kette ist nicht zu lesen',
  no_address: 'die Adresse seines Endpunkts ist nicht zu gebrauchen',
  private_address: 'die Adresse seines Endpunkts ist privat, und WAKEFUL_ALLOW_PRIVATE erlaubt sie nicht',
  not_asked: 'wir haben nicht gefragt: Wir sollen warten, oder hier war keine Verbindung frei',
  api_unreachable: 'die API des Netzwerks war nicht zu erreichen',
  api_timeout: 'die API des Netzwerks antwortet nicht rechtzeitig',
  api_throttled: 'die API des Netzwerks bremst uns',
  api_http_error: 'die API des Netzwerks antwortet mit einem HTTP-Fehler',
  api_garbage: 'die API des Netzwerks antwortet Unlesbares',
  out_of_range: 'der Betrag ist zu groß, um wahr zu sein',
  not_watching: 'wir haben nicht hingesehen',
  store_unreachable: 'unsere eigene Datenbank antwortet nicht, also kann nichts Neues behalten werden',
  no_witness: 'auch kein anderer Node antwortet, darum wissen wir nicht, ob er an ist',
  not_json: 'an seiner Stelle antwortet jemand anders, nicht in JSON',
  other_node: 'an seiner Stelle antwortet ein anderer Node',
  redirect: 'etwas davor leitet uns um',
  asks_sign_in: 'etwas davor verlangt eine Anmeldung',
  throttled: 'etwas davor bremst uns',
  unavailable_for_legal_reasons: 'etwas davor antwortet 451',
  http_error: 'etwas davor antwortet mit einem Fehler',
  too_large: 'seine Antwort ist zu groß',
  silent: 'es antwortet nicht, aber nicht lange genug für ein Urteil',
};
export const whyElse: string = 'aus einem Grund, den diese Seite noch nicht kennt';

export const evidence = {
  chain: 'Kette',
  endpoint: 'Endpunkt',
  together: 'zusammen',
  runsJob: 'führt einen Job aus',
  runsIn: (market: string) => `führt einen Job in Markt ${market} aus`,
  queuedAt: (position: number, length: number) => `wartet auf Platz ${number(position)} von ${number(length)}`,
  queued: 'wartet',
  inMarket: (market: string) => `in Markt ${market}`,
  nowhere: 'in keiner Schlange, in keinem Lauf',
  namesNowhere: 'führt es nirgends',
  slot: (slot: number) => `Slot ${number(slot)}`,
  ago: (duration: string) => `vor ${duration}`,
  notSeen: (reason: string) => `nicht zu sehen: ${reason}`,
  notSeenSince: (since: string, reason: string) => `seit ${since} nicht zu sehen: ${reason}`,
  silentSince: (since: string) => `stumm seit ${since}`,
  silentFor: (duration: string) => `stumm seit ${duration}`,
  lastOk: (at: string) => `letzte gute Antwort ${at}`,
  answered: (status: number, ms: number | null) => (ms === null ? `${status}` : `${status} in ${number(ms)} ms`),
  says: (state: string) => `Zustand ${state}`,
  jobUntil: (time: string) => `Job, höchstens bis ${time}`,
  job: 'führt einen Job aus',
  placeOf: (position: number, length: number) => `Platz ${number(position)} von ${number(length)}`,
  since: (time: string) => `seit ${time}`,
  frontAnswers: (status: number) => `${status} von etwas davor`,
  more: (count: number) => `und ${plural(count, 'weiterer Platz', 'weitere Plätze')} auf der Kette`,
  unknown: 'unbekannt',
  kind: {
    ok: 'antwortet',
    tunnel_page: 'der Tunnel sagt, es fehlt',
    http_status: 'HTTP-Fehler',
    timeout: 'keine Antwort in der Zeit',
    refused: 'Verbindung abgelehnt',
    reset: 'Verbindung abgebrochen',
    tls: 'TLS gescheitert',
    dns: 'sein Name löst nicht auf',
    private: 'private Adresse, nicht gefragt',
    unasked: 'nicht gefragt',
    not_json: 'kein JSON',
    other_node: 'ein anderer Node antwortet',
    redirect: 'umgeleitet',
    too_large: 'Antwort zu groß',
  },
};

export const log = {
  job_started: 'hat einen Job begonnen',
  job_finished: (ran: string | null, paid: string | null) => ['hat einen Job beendet', ran, paid === null ? null : `${paid} NOS`].filter(Boolean).join(', '),
  job_failed: (ran: string | null) => (ran === null ? 'ist an einem Job gescheitert' : `ist nach ${ran} an einem Job gescheitert`),
  job_abandoned: 'hat einen Job verloren: er wurde aufgegeben',
  job_ended_by_deployer: (ran: string | null) => (ran === null ? 'dessen Job hat der Auftraggeber beendet' : `dessen Job hat der Auftraggeber nach ${ran} beendet`),
  job_ended: (ran: string | null) => (ran === null ? 'hat einen Job beendet; wie, ist noch nicht bekannt' : `hat nach ${ran} einen Job beendet; wie, ist noch nicht bekannt`),
  job_overdue: 'führt einen Job über die Frist hinaus aus',
  queued: 'steht jetzt in der Schlange',
  kicked: 'wurde aus der Schlange genommen',
  silent: 'ist verstummt',
  offline: 'ist offline',
  back: (after: string | null) => (after === null ? 'ist zurück' : `ist zurück, nach ${after}`),
  stuck: 'hängt',
  sol_low: (left: string | null) => (left === null ? 'hat wenig SOL' : `hat wenig SOL: noch ${left}`),
  sol_critical: (left: string | null) => (left === null ? 'hat kaum noch SOL' : `hat noch ${left} SOL. Unter 0,0050 nimmt er keine Arbeit mehr an`),
  stake_low: 'hat weniger Stake, als sein Markt verlangt',
  unstaking: 'zieht seinen Stake ab',
  slashed: 'hat einen Teil seines Stakes verloren',
  tier_changed: (change: string | null) => (change === null ? 'hat eine andere Stufe' : `hat die Stufe gewechselt: ${change}`),
  version_old: (change: string | null) => (change === null ? 'hat eine Version unter dem Mindesten' : `hat eine Version unter dem Mindesten: ${change}`),
  gpu_changed: (now: string | null) => (now === null ? 'hat andere Grafikkarten' : `hat andere Grafikkarten: ${now}`),
  jobs_failing: (count: string | null) => (count === null ? 'ist an seinen letzten Jobs gescheitert' : `ist an seinen letzten ${count} Jobs gescheitert`),
  destination_paused: (words: string | null) => (words === null ? 'Ein Ziel wurde angehalten' : `Ein Ziel wurde angehalten: ${words}`),
  summary: 'Die Zusammenfassung ging hinaus',
  still_down: (after: string | null) => (after === null ? 'ist noch aus' : `ist nach ${after} noch aus`),
  blind: { chain: 'Wir sehen die Kette nicht', endpoints: 'Wir sehen die Endpunkte nicht', indexer: 'Wir sehen den Indexer nicht', all: 'Wir sehen nichts' },
  sighted: {
    chain: (after: string | null) => (after === null ? 'Wir sehen die Kette wieder' : `Wir sehen die Kette wieder, nach ${after}`),
    indexer: (after: string | null) => (after === null ? 'Wir sehen den Indexer wieder' : `Wir sehen den Indexer wieder, nach ${after}`),
    endpoints: (after: string | null) => (after === null ? 'Wir sehen die Endpunkte wieder' : `Wir sehen die Endpunkte wieder, nach ${after}`),
    all: (after: string | null) => (after === null ? 'Wir sehen wieder' : `Wir sehen wieder, nach ${after}`),
  },
};

export const outcome = { running: 'Läuft', finished: 'Beendet', failed: 'Gescheitert', abandoned: 'Aufgegeben', ended_by_deployer: 'Vom Auftraggeber beendet', unknown: 'Noch nicht bekannt' };

export const track = {
  kind: {
    running: 'Läuft',
    queued: 'Wartet',
    up: 'An, nicht in der Schlange',
    stuck: 'Hängt',
    idle: 'In keiner Schlange, Endpunkt nicht gefragt',
    offline: 'Offline',
    running_silent: 'Läuft, aber stumm',
    queued_silent: 'Wartet, aber stumm',
    chain_unseen: 'Kette nicht zu sehen',
    unseen: 'Wir konnten nicht hinsehen',
    before: 'Noch nicht beobachtet',
  },
  interval: (kind: string, from: string, to: string, length: string) => `${kind} von ${from} bis ${to}, ${length}`,
  intervalOpen: (kind: string, from: string, length: string) => `${kind} seit ${from}, ${length}`,
  name: (node: string, hours: number, share: string | null, now: string) => `${node}, letzte ${hours} Stunden: ${share === null ? '' : `${share} gelaufen, `}jetzt ${now}`,
  legend: { running: 'läuft', queued: 'wartet', up: 'an, nicht in der Schlange', stuck: 'hängt', silent: 'Endpunkt stumm', unseen: 'wir konnten nicht hinsehen' },
};

export function addressFault(fault: AddressFault): string {
  switch (fault.kind) {
    case 'character': {
      const at = `Zeichen ${fault.position}`;
      if (fault.character === '0') return `${at} ist eine Null. Node-Adressen haben keine; vielleicht ein o.`;
      if (fault.character === 'O') return `${at} ist ein großes O. Node-Adressen haben keines; vielleicht ein o.`;
      if (fault.character === 'I') return `${at} ist ein großes I. Node-Adressen haben keines; vielleicht eine 1.`;
      if (fault.character === 'l') return `${at} ist ein kleines L. Node-Adressen haben keines; vielleicht eine 1.`;
      return `${at} ist „${fault.character}“. Node-Adressen haben nur Buchstaben und Ziffern.`;
    }
    case 'too_short':
      return `Zu kurz: ${number(fault.length)} Zeichen. Node-Adressen haben 32 bis 44.`;
    case 'too_long':
      return `Zu lang: ${number(fault.length)} Zeichen. Node-Adressen haben höchstens 44.`;
    case 'not_32_bytes':
      return 'Die Zeichen stimmen, ihre Zahl nicht: Das ist kein Schlüssel von 32 Bytes.';
  }
}
