// Nothing that a script of the page can read is a credential: no cookie, no storage, no message between tabs, no answer.
import type { BrowserContext, Page } from '@playwright/test';
import { ORIGINS, expect, test } from './site.js';

/** Everything that scripts of this page can lay hands on, as one text. */
function readable(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const told = [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage), JSON.stringify((window as { said?: unknown[] }).said ?? [])];
    for (const name of (await globalThis.caches?.keys()) ?? []) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const answer = await cache.match(request);
        told.push(request.url, JSON.stringify([...(answer?.headers ?? [])]), (await answer?.text()) ?? '');
      }
    }
    for (const { name } of (await indexedDB.databases?.()) ?? []) told.push(`database ${name}`);
    return told.join('\n');
  });
}

/** Keeps what tabs tell each other, and every answer of the API. */
async function overheard(context: BrowserContext): Promise<string[]> {
  const bodies: string[] = [];
  await context.addInitScript(() => {
    const said: unknown[] = [];
    Object.assign(window, { said });
    if (!('BroadcastChannel' in window)) return;
    const post = BroadcastChannel.prototype.postMessage;
    BroadcastChannel.prototype.postMessage = function (message: unknown) {
      said.push(message);
      post.call(this, message);
    };
  });
  context.on('response', (answer) => {
    if (!new URL(answer.url()).pathname.startsWith('/api/') || /event-stream/.test(answer.headers()['content-type'] ?? '')) return;
    void answer.text().then(
      (body) => bodies.push(`${answer.url()} ${JSON.stringify(answer.headers())} ${body}`),
      () => {},
    );
  });
  return bodies;
}

for (const origin of ORIGINS) {
  test.describe(() => {
    test.use({ origin });
    test(`no script can read a credential on ${origin}`, async ({ context, page, site }) => {
      const bodies = await overheard(context);
      await site.signIn(page);
      const second = await context.newPage();
      for (const path of ['/', '/more', '/devices', '/password', '/tokens', '/nodes']) {
        await second.goto(site.url + path);
        await expect(second.getByRole('heading', { level: 1 })).toBeVisible();
      }
      const cookies = (await context.cookies(site.url)).filter(({ name }) => name.includes('wakeful'));
      expect(cookies.map(({ httpOnly }) => httpOnly)).toEqual(cookies.map(() => true));
      const credential = (await site.cookie(context))?.value ?? '';
      expect(credential).toMatch(/^[\w-]{43}$/);

      const seen = [await readable(page), await readable(second)].join('\n');
      const answers = bodies.map((line) => line.replace(/"set-cookie":"[^"]*"/g, ''));
      expect(answers.some((line) => line.includes('"kind":"wakeful.session"'))).toBe(true);
      for (const text of [seen, ...answers]) {
        expect(text).not.toContain(credential);
        // Neither a token of any kind: bearer tokens are JWTs, those of integrations begin with wkf_.
        expect(text).not.toMatch(/\beyJ[\w-]{8,}\.|wkf_[a-z2-7]{12}_|access_token/);
      }
      // What was looked through is what the page really keeps.
      expect(seen).toContain('keeper@example.net');
    });
  });
}
