/** Wakeful's session client: no dependencies, no framework. */

export { browserPorts } from './browser.js';
export { SessionClient } from './client.js';
export type { Call } from './client.js';
export { NO_HEALTH, badge } from './health.js';
export type { Badge, Health } from './health.js';
export { warning } from './lifetime.js';
export type { Warning } from './lifetime.js';
export type { Machine } from './machine.js';
export type { Cancel, Memory, Page, PageEvent, Ports, Remembered, Tabs } from './ports.js';
export type { Failure, ProblemItem, Reply } from './reply.js';
export { PageSession } from './session.js';
export { keepsView, mayRead, shownUser } from './state.js';
export type { SessionState } from './state.js';
export type { ActiveSession, EndReason, NoVerdictKind, Outcome, SessionUser, TransportCause, Verdict } from './verdict.js';
