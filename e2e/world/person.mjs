// A person at the API without a browser: makes the first account, signs in, adds nodes.

export class Person {
  /** @param {string} url the server's */
  constructor(url) {
    this.url = url;
    this.cookie = '';
    this.sid = '';
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>} the JSON answer; fails with the server's words
   */
  async call(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        origin: this.url,
        'x-wakeful': '1',
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(this.sid === '' ? {} : { 'session-id': this.sid }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = answer.headers.getSetCookie().map((line) => line.split(';')[0]);
    if (set.length > 0) this.cookie = set.join('; ');
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /**
   * Makes the first account with the code of the set-up link, or signs in where the account is there already.
   * @param {string | null} setUpLink
   * @param {string} email
   * @param {string} password
   */
  async enter(setUpLink, email, password) {
    const session =
      setUpLink === null
        ? await this.call('POST', '/api/auth/login', { email, password })
        : await this.call('POST', '/api/setup', { code: new URL(setUpLink).hash.slice(1), email, password });
    this.sid = session.sid;
  }

  /**
   * @param {{ address: string, name: string, tags: string[] }[]} nodes those already watched are passed over
   */
  async watch(nodes) {
    const watched = new Set((await this.call('GET', '/api/nodes')).nodes.map((/** @type {any} */ n) => n.address));
    const fresh = nodes.filter((node) => !watched.has(node.address));
    if (fresh.length === 0) return;
    const added = await this.call('POST', '/api/nodes', {
      nodes: fresh.map(({ address, name }) => ({ address, name })),
    });
    if (added.errors.length > 0) throw new Error(`not added: ${JSON.stringify(added.errors)}`);
    for (const { address, tags } of fresh) await this.call('PUT', `/api/nodes/${address}`, { tags });
  }
}
