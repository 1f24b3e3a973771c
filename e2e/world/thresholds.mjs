// How patient the watch is: one set of numbers for the server and for the simulator, whose `expect` must agree.

/** @typedef {{ scan: number, probe: number, offline: number, stuck: [number, number] }} Thresholds in seconds */

/** @type {Thresholds} */
export const DEMO = { scan: 3, probe: 3, offline: 15, stuck: [20, 3600] };

/** @type {Thresholds} */
export const STORY = { scan: 2, probe: 3, offline: 8, stuck: [10, 20] };

/** @param {Thresholds} t */
export function serverVariables(t) {
  return {
    WAKEFUL_SCAN_SECONDS: String(t.scan),
    WAKEFUL_PROBE_SECONDS: String(t.probe),
    WAKEFUL_OFFLINE_SECONDS: String(t.offline),
    WAKEFUL_STUCK_SECONDS: t.stuck.join(','),
  };
}

/** @param {Thresholds} t */
export function simulatorFlags(t) {
  return ['--scan', String(t.scan), '--offline', String(t.offline), '--stuck', t.stuck.join(',')];
}
