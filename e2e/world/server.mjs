// The program `wakeful`, started on a data folder, so that it can be killed and started again on the same.
import { join } from 'node:path';
import { Program } from './program.mjs';
import { serverVariables } from './thresholds.mjs';

const READY = 'listening on ';
const SET_UP = 'set up: ';

export class Server {
  /**
   * @param {{ bin: string, data: string, thresholds: import('./thresholds.mjs').Thresholds,
   *   variables?: Record<string, string>, listen?: string }} options
   */
  constructor({ bin, data, thresholds, variables = {}, listen = '127.0.0.1:0' }) {
    this.path = join(bin, 'wakeful');
    this.listen = listen;
    this.variables = { ...variables, ...serverVariables(thresholds), WAKEFUL_DATA: data };
    /** @type {Program | null} */
    this.program = null;
    this.url = '';
    /** @type {string | null} the link that makes the first account, until there is one */
    this.setUpLink = null;
  }

  /** @param {ConstructorParameters<typeof Server>[0]} options */
  static async start(options) {
    const server = new Server(options);
    await server.start();
    return server;
  }

  async start() {
    const program = new Program(this.path, ['serve'], { ...this.variables, WAKEFUL_LISTEN: this.listen });
    this.program = program;
    const lines = await program.ready((line) => line.startsWith(READY));
    this.url = (lines.at(-1) ?? '').slice(READY.length).trim();
    // The next start takes the same port: a page that is open must find its server again.
    this.listen = new URL(this.url).host;
    const setUp = lines.find((line) => line.startsWith(SET_UP));
    this.setUpLink = setUp === undefined ? null : setUp.slice(SET_UP.length).trim();
  }

  /** As a power cut would, without a word of good-bye. */
  async kill() {
    await this.program?.end('SIGKILL');
  }

  async stop() {
    await this.program?.end();
  }
}
