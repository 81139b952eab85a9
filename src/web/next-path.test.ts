import { describe, expect, test } from 'vitest';
import { readNext, signInPath } from './next-path.ts';

const origin = 'https://personas.example';
const next = (wanted: string) => readNext(new URLSearchParams({ next: wanted }), origin);

describe('where the sign-in leads', () => {
  test('back to a place of this site, with its search and hash', () => {
    expect(next('/activity?tool=ninox_list_teams#x')).toBe('/activity?tool=ninox_list_teams#x');
    expect(readNext(new URLSearchParams(), origin)).toBe('/');
  });

  test.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    '/\n/evil.example/',
    'javascript:alert(1)',
    'activity',
    '',
    '/sign-in?next=/sign-in',
    '/.//evil.example',
  ])('never to %j', (wanted) => {
    expect(new URL(next(wanted), origin).origin).toBe(origin);
    expect(next(wanted)).not.toContain('evil.example/');
    expect(next(wanted)).not.toContain('sign-in');
  });

  test('the way back is kept in the address of the sign-in page', () => {
    const path = signInPath({ pathname: '/c/a b', search: '?x=1&y=2', hash: '#z' });
    expect(readNext(new URL(path, origin).searchParams, origin)).toBe('/c/a%20b?x=1&y=2#z');
    expect(signInPath({ pathname: '/', search: '', hash: '' })).toBe('/sign-in');
  });
});
