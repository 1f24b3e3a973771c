// The fault list: what goes wrong, what must come of it, and in which places a test shows it. Numbers are stable names; gaps are meant.

/**
 * @typedef {'fault proxy' | 'virtual clock' | 'two tabs' | 'real Chromium' | 'server'} Place
 * @typedef {{ row: number, fault: string, then: string, places: Place[] }} Row
 */

const [P, C, T, B, S] = /** @type {const} */ (['fault proxy', 'virtual clock', 'two tabs', 'real Chromium', 'server']);

/** @type {[number, string, string, Place[]][]} */
const LIST = [
  [1, 'The connection is refused or reset', 'Unverified; tried again ever more slowly; signed in', [P]],
  [2, 'The server accepts and never answers', 'Given up after 10 s, the body included; signed in', [P]],
  [4, 'The reply is lost after the server acted', 'No credential is ever rotated, and a renewal repeated is one renewal', [P]],
  [6, '500 with JSON', 'No verdict', [P]],
  [7, '502, 503 or 504 with a page', 'No verdict; `Retry-After` is kept', [P]],
  [10, '429 with JSON or a page', 'No verdict; `Retry-After` is kept', [P]],
  [11, '400 or 431, “header too large”', 'No verdict; our own cookies stay small and few', [P]],
  [12, 'A proxy’s 401 page', 'No verdict; after two the page says that something in between asks for a sign-in', [P]],
  [13, 'A 401 with somebody else’s JSON', 'No verdict', [P]],
  [14, 'A 403 of a firewall', 'No verdict; an error of that one action', [P]],
  [15, '404 or 405 in the middle of a deploy', 'No verdict', [P]],
  [17, '200 with the page of a captive portal, or an old answer', 'No verdict: content type, shape and nonce must be right', [P]],
  [18, '200 without a body, or 204', 'No verdict', [P]],
  [19, '200 with `{}` or `null`', 'No verdict', [P]],
  [21, 'A redirect to a login page of the same origin', 'Not followed; no verdict', [P]],
  [22, 'A redirect to a single sign-on elsewhere', 'Not followed; no verdict; as 12', [P, B]],
  [24, 'No network when the app is opened', 'The shell opens, says that it is offline, and asks nobody to sign in', [B]],
  [25, 'A very slow link', '10 s, and after two timeouts 20 s and 30 s; one question at a time', [P]],
  [27, 'The server restarts, its key kept', '503 until it is ready, then a verdict', [S]],
  [28, 'The server restarts without any configured key', 'The ring in the store signs as before; cookies and tokens go on', [S]],
  [29, 'An operator changes `SECRET_KEY`', 'Nobody is ended; the log says what happened', [S]],
  [30, 'A planned key rotation', 'Old and new keys overlap', [S]],
  [31, 'A replica does not know the new key yet', 'It looks once in the store, else 503, never 401', [S]],
  [32, 'Old and new versions at once', 'Unknown fields are ignored, an unknown state is no verdict', [S]],
  [33, 'The database is away', '503 with `Retry-After`; safe reads go on for a while', [S]],
  [34, 'The database is locked or its pool is empty', 'No error of the store ever ends a session', [S]],
  [35, 'A read replica lags right after a sign-in', 'A miss is asked again where writes go; misses are never cached', [S]],
  [38, 'Two tabs renew at once', 'One effect, and the credential stays what it was', [T]],
  [39, 'Twenty tabs are restored at once', 'At most two questions', [T]],
  [40, 'Signed out in one tab while another renews', 'The renewal says ended, logout', [T]],
  [42, 'Another account signs in in a second tab', '409 whatever the first tab knows; nothing is done as somebody else', [T]],
  [44, 'Eight hours of sleep, then 40 s without network', 'No error is shown, and once there is network one question', [C, B]],
  [45, 'Timers slowed in the background, pages frozen and brought back', 'Decided by elapsed time; a page that comes back asks', [C, B]],
  [46, 'The client’s clock is two hours fast', 'Nothing ends, no storm of requests', [C]],
  [47, 'The client’s clock is two hours slow', 'Nothing ends, no storm of requests', [C]],
  [49, 'Replicas’ clocks differ by seconds', 'A token’s times have a minute of leeway, its issue time none to fail', [S]],
  [50, 'The server’s clock jumps a year ahead', 'Nobody is timed out or refused; an alarm', [S]],
  [51, 'The server’s clock is set back', 'Nobody is timed out or refused; an alarm', [S]],
  [52, 'The browser erases what scripts stored', 'The HttpOnly cookie is the authority; signed in', [B]],
  [53, 'The person clears the site’s data', '“This browser forgot you”: said as it is, the view stays', [B]],
  [57, 'A link from another site', 'Arrives signed in', [B]],
  [58, 'Our page in another site’s frame', 'Nothing of ours renders', [B]],
  [59, 'The browser’s process is killed and started again', 'The cookie is persistent; signed in', [B]],
  [60, 'http and https of one server both reachable', 'Cookies of different names; one origin counts', [B]],
  [63, 'The renewal’s cookie is dropped on the way', 'Nothing ends: the old one is as good', [S, C]],
  [64, 'The browser caps a cookie’s age', 'Stamped again long before', [B]],
  [65, 'Address or browser version change', 'Never ends a session', [S]],
  [67, 'A token against forged requests goes stale', 'There is none: header and origin are judged each time', [S, B]],
  [68, 'An old service worker serves an old shell', 'It never touches `/api`; the new one takes over; signed in', [B]],
  [69, 'A 401 makes the browser drop a proxy’s password', '`/api/session` answers 200 for every state', [S]],
  [70, 'The password is changed elsewhere', 'The others end in seconds and say why, the one that changed it goes on', [S, T]],
  [71, 'An administrator disables the account', 'Ended within 3 s, streams closed', [S, T]],
  [72, 'Revoked while offline', 'The first verdict ends it, what was cached is wiped', [C]],
  [73, 'Revoked while a stream is open', 'The stream closes at once, after a hint', [S]],
  [74, 'The stream does not work', 'Every reply carries the hint, and each five minutes it asks', [P]],
  [75, 'The idle time runs out with the dashboard open', 'Cannot happen by default; in the strict profile it warns and asks in place', [C]],
  [76, 'The longest time runs out', 'Warns a week, a day and an hour before; the password extends it in place', [C]],
  [77, 'One false 401 in a burst of calls', 'One question, nothing else', [P]],
  [78, 'A form meets the end of the session', 'Sign-in over it, the draft stays, the request is made once', [B]],
  [79, 'A machine is restored with an old credential', 'As good as ever, unless it was revoked', [S]],
  [81, 'A wrong password in a form is answered 401', 'Only an error of that form', [P]],
  [82, 'Somebody guesses at an account', 'Sessions that live are never touched by it', [S]],
  [85, 'The clean-up goes wrong', 'It removes tombstones only, and few at a time', [S]],
];

/** @type {Row[]} */
export const ROWS = LIST.map(([row, fault, then, places]) => ({ row, fault, then, places }));

/** Places that a row names and that have no test yet. An entry goes when its test comes.
 * @type {{ row: number, place: Place }[]} */
export const PENDING = [];
