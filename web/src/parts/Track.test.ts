import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { NOW, span } from '../domain/fixture.js';
import { segments } from '../domain/track.js';
import Track from './Track.svelte';

const FROM = NOW - 24 * 3_600_000;
const strip = segments({ chain: [span('running', 600, 200), span('queued', 200, null)], endpoint: [span('up', 600, 27), span('silent', 27, null)] }, FROM, NOW, false);

it('walks its intervals with the arrow keys and says each', async () => {
  render(Track, { segments: strip, from: FROM, to: NOW, label: 'barn-4090-c, last 24 hours' });
  const track = screen.getByRole('slider', { name: 'barn-4090-c, last 24 hours' });
  expect(track.getAttribute('aria-valuetext')).toMatch(/^Queued, but silent since .*, 27 min$/);
  await fireEvent.keyDown(track, { key: 'ArrowLeft' });
  expect(track.getAttribute('aria-valuetext')).toMatch(/^Queued from .* to .*, 2 h 53$/);
  await fireEvent.keyDown(track, { key: 'Home' });
  expect(track.getAttribute('aria-valuetext')).toMatch(/^Running from .* to .*, 6 h 40$/);
  await fireEvent.keyDown(track, { key: 'ArrowLeft' });
  expect(track.getAttribute('aria-valuenow')).toBe('0');
  expect(track.textContent).toContain('Running from');
  await fireEvent.keyDown(track, { key: 'Escape' });
  expect(track.textContent).not.toContain('Running from');
});

it('is decoration where words beside it say the same', () => {
  const { container } = render(Track, { segments: strip, from: FROM, to: NOW });
  expect(screen.queryByRole('slider')).toBeNull();
  expect(container.querySelector('[aria-hidden=true]')).not.toBeNull();
});

it('leaves the time before the watch empty', () => {
  const { container } = render(Track, { segments: segments({ chain: [], endpoint: [] }, FROM, NOW, false), from: FROM, to: NOW, label: 'x' });
  expect(container.querySelectorAll('.seg')).toHaveLength(0);
});
