// Starts a program, reads what it prints until it says that it is ready, and ends it by its process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const KEPT_LINES = 400;

export class Program {
  /**
   * Starts `path`; its environment is the caller's without WAKEFUL_… variables (a developer's own must not leak in), plus `env`.
   * @param {string} path
   * @param {string[]} args
   * @param {Record<string, string>} [env]
   */
  constructor(path, args, env = {}) {
    this.path = path;
    /** @type {string[]} what it printed lately, both streams */
    this.log = [];
    /** @type {((line: string) => void)[]} */
    this.listeners = [];
    this.ended = false;

    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('WAKEFUL_'));
    // With the parent-death signal it goes even when its starter is killed outright.
    const setpriv = '/usr/bin/setpriv';
    const [command, line] = existsSync(setpriv)
      ? [setpriv, ['--pdeathsig', 'TERM', path, ...args]]
      : [path, args];
    this.child = spawn(command, line, {
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {Promise<void>} */
    this.exited = new Promise((resolve) => {
      const over = () => {
        this.ended = true;
        resolve();
      };
      this.child.once('exit', over);
      this.child.once('error', (error) => {
        this.keep(String(error));
        over();
      });
    });
    createInterface(this.child.stderr).on('line', (text) => this.keep(text));
    createInterface(this.child.stdout).on('line', (text) => {
      this.keep(text);
      for (const listener of this.listeners) listener(text);
    });
  }

  /** @param {string} text */
  keep(text) {
    this.log.push(text);
    if (this.log.length > KEPT_LINES) this.log.shift();
  }

  /**
   * The lines of standard output up to the first that `isReady` accepts; fails with the program's own words
   * when it ends or stays silent before.
   * @param {(line: string) => boolean} isReady
   * @param {number} [seconds]
   * @returns {Promise<string[]>}
   */
  async ready(isReady, seconds = 30) {
    /** @type {string[]} */
    const lines = [];
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const said = new Promise((resolve) => {
      this.listeners.push((line) => {
        lines.push(line);
        if (isReady(line)) resolve('ready');
      });
    });
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, seconds * 1000, `not ready after ${seconds} s`);
    });
    const outcome = await Promise.race([said, this.exited.then(() => 'ended early'), late]);
    clearTimeout(timer);
    this.listeners = [];
    if (outcome === 'ready') return lines;
    await this.end();
    throw new Error(`${this.path}: ${outcome}\n${this.log.join('\n')}`);
  }

  /**
   * Ends the program: `signal` first, SIGKILL when that does not help in time.
   * @param {NodeJS.Signals} [signal]
   * @param {number} [seconds]
   */
  async end(signal = 'SIGTERM', seconds = 10) {
    if (this.ended) return;
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), seconds * 1000);
    await this.exited;
    clearTimeout(timer);
    if (!this.child.stdout.closed) await once(this.child.stdout, 'close');
  }
}
