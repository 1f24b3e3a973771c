// The simulated Nosana network, started as a program and steered by its control calls.
import { join } from 'node:path';
import { Program } from './program.mjs';
import { simulatorFlags } from './thresholds.mjs';

/**
 * @typedef {{ status: string, silent: boolean, stuck: boolean, overdue: boolean }} Expected
 * @typedef {{ address: string, chain: string, endpoint: string, endpoint_state: string, market: string | null,
 *   gpus: { name: string }[] | null, expect: Expected }} SimNode
 * @typedef {{ channel: 'telegram' | 'push' | 'hook' | 'smtp', to: string, text: string, at: number, meta: any }} Delivered
 *   what reached somebody, `at` in unix milliseconds
 */

export class Simulator {
  /**
   * @param {Program} program
   * @param {Record<string, string>} variables
   */
  constructor(program, variables) {
    this.program = program;
    /** What `wakeful` must be told to look at this network. */
    this.variables = variables;
    this.url = new URL(variables['WAKEFUL_SOLANA_RPC'] ?? '').origin;
  }

  /**
   * @param {{ bin: string, thresholds: import('./thresholds.mjs').Thresholds, listen?: string, seed?: number,
   *   nodes?: number, speed?: number }} options
   */
  static async start({ bin, thresholds, listen = '127.0.0.1:0', seed = 7, nodes = 14, speed = 60 }) {
    const flags = ['--listen', listen, '--seed', String(seed), '--nodes', String(nodes), '--speed', String(speed)];
    const program = new Program(join(bin, 'wakeful-sim'), [...flags, ...simulatorFlags(thresholds), '--print-env']);
    const lines = await program.ready((line) => line === '');
    const pairs = lines.filter((line) => line.includes('=')).map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    });
    return new Simulator(program, Object.fromEntries(pairs));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async call(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /** @returns {Promise<SimNode[]>} the truth about every node */
  async nodes() {
    return (await this.call('GET', '/sim/world')).nodes;
  }

  /**
   * The nodes whose word will still change although nothing happens any more, because a patience has not run out:
   * silent endpoints on their way to *silent* or *offline*. With `stuck`, those on their way to *stuck* too.
   * @param {{ stuck: boolean }} which
   * @returns {Promise<SimNode[]>}
   */
  async restless({ stuck }) {
    return (await this.nodes()).filter((node) => {
      const dark = node.endpoint === 'down' || node.endpoint === 'hang';
      if (node.chain !== 'none') return dark && !node.expect.silent;
      return node.endpoint === 'up' ? stuck && !node.expect.stuck : dark && node.expect.status !== 'offline';
    });
  }

  /**
   * @param {string} address
   * @param {Record<string, unknown>} change
   */
  async change(address, change) {
    await this.call('POST', `/sim/nodes/${address}`, change);
  }

  /** @param {Record<string, unknown>} faults */
  async fault(faults) {
    await this.call('POST', '/sim/faults', faults);
  }

  /** @param {number} speed simulated seconds per second; 0 holds the network still */
  async clock(speed) {
    await this.call('POST', '/sim/clock', { speed });
  }

  /** @returns {Promise<Delivered[]>} everything that reached somebody, oldest first */
  async messages() {
    return this.call('GET', '/sim/messages');
  }

  /**
   * A person writes to the bot (`text`) or presses a button that it sent (`press`, the button's data).
   * @param {{ chat_id: number, username?: string, language?: string, text?: string, press?: string, message_id?: number }} what
   */
  async say(what) {
    await this.call('POST', '/sim/telegram/say', what);
  }

  async stop() {
    await this.program.end();
  }
}
