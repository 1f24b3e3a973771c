/** Wakeful's session client: no dependencies, no framework. */

export { backoff, confirmDelay, verifyTimeout } from './backoff.js';
export { SessionClient } from './client.js';
export type { Call } from './client.js';
export { HealthWatch, NO_HEALTH, badge } from './health.js';
export type { Badge, Health } from './health.js';
export { browserPorts } from './ports.js';
export type { Cancel, Memory, Ports, Remembered } from './ports.js';
export type { Failure, ProblemItem, Reply } from './reply.js';
export { mayRead, next, shownUser } from './state.js';
export type { SessionState } from './state.js';
export { classify } from './verdict.js';
export type { ActiveSession, EndReason, NoVerdictKind, Outcome, SessionUser, TransportCause, Verdict } from './verdict.js';
