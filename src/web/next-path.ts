/** A place of this site to go on to after the sign-in: whatever leads elsewhere becomes the start page. */
export function readNext(search: URLSearchParams, origin: string): string {
  const wanted = search.get('next');
  if (wanted === null || !/^\/(?![/\\])/.test(wanted)) return '/';
  let url: URL;
  try {
    url = new URL(wanted, origin);
  } catch {
    return '/';
  }
  // A browser drops tabs, line ends and dots from an address, so it is asked what it makes of this one.
  if (url.origin !== origin || url.pathname.startsWith('//') || url.pathname === '/sign-in') return '/';
  return url.pathname + url.search + url.hash;
}

/** The sign-in page that leads back to where somebody was. */
export function signInPath({ pathname, search, hash }: { pathname: string; search: string; hash: string }): string {
  const here = pathname + search + hash;
  return here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`;
}
