// Where a person is told: a chat with the bot, a mailbox and a webhook, all of them played by the simulator.

/** The chat of the person who writes to the simulated bot. */
export const CHAT = 42;
/** How long the bot may take to hear of a code. */
const PATIENCE_MS = 30_000;

/**
 * Adds what is not there already: a data folder that was used before has its destinations.
 * @param {import('./person.mjs').Person} person
 * @param {import('./simulator.mjs').Simulator} simulator
 * @param {string} mailbox the person's own address, which needs no confirmation
 */
export async function tellEverywhere(person, simulator, mailbox) {
  const there = new Set((await person.call('GET', '/api/destinations')).destinations.map((/** @type {any} */ one) => one.channel));
  if (!there.has('email')) await person.call('POST', '/api/destinations', { channel: 'email', to: mailbox });
  if (!there.has('webhook')) {
    await person.call('POST', '/api/destinations', { channel: 'webhook', name: 'Demo hook', url: `${simulator.url}/hook/demo` });
  }
  if (!there.has('telegram')) await link(person, simulator);
}

/**
 * @param {import('./person.mjs').Person} person
 * @param {import('./simulator.mjs').Simulator} simulator
 */
async function link(person, simulator) {
  const { code } = await person.call('POST', '/api/telegram/link');
  await simulator.say({ chat_id: CHAT, username: 'keeper', text: `/start ${code}` });
  const deadline = Date.now() + PATIENCE_MS;
  while ((await person.call('GET', '/api/telegram')).links.length === 0) {
    if (Date.now() > deadline) throw new Error('the bot did not link the chat');
    await new Promise((done) => setTimeout(done, 100));
  }
}
