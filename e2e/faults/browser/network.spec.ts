// Browser rows in which the network or somebody on it is the fault.
import { ORIGINS, expect, nudge, row, signInHeading } from './site.js';

for (const origin of ORIGINS) {
  row(22, 'a_single_sign_on_in_front_signs_nobody_out', origin, async ({ page, site }) => {
    // Every call is sent to another site, which a script cannot follow.
    const rule = site.proxy.fault({ path: '/api/' }, { kind: 'redirect', status: 307, location: 'https://sso.example.org/authorize' });
    await nudge(page);
    await expect.poll(() => rule.reached('browser')).toBeGreaterThan(2);
    await expect(page.getByText(/^(waking|unreachable|unverified)$/).first()).toBeVisible();
    // It is called what it is, with the one thing that helps.
    await expect(page.getByText('Something between you and the server asks for a sign-in')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Load the page anew' })).toBeVisible();
    await expect(signInHeading(page)).toBeHidden();
    await expect(page.getByRole('list', { name: 'Nodes by state' })).toBeVisible();
    site.proxy.heal();
    await site.shownSignedIn(page);
    return [rule];
  });
}
