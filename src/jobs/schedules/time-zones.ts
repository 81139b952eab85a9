import { distance } from '#personas/describe-issue.ts';

/** Why a time zone cannot be used, in one or two sentences with the near ones; null where it can. */
export function checkTimeZone(timeZone: string): string | null {
  if (isTimeZone(timeZone)) return null;
  const near = nearZones(timeZone);
  const hint = near.length === 0 ? 'Write it as “Europe/Berlin” or “UTC”.' : `Did you mean ${orList(near)}?`;
  return `There is no time zone “${timeZone}”. ${hint}`;
}

function isTimeZone(timeZone: string): boolean {
  // Intl takes fixed differences too, which are no zones: they know no changes of the clock.
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

const mostNear = 3;
const farthest = 2;

/** By the name of the city or the whole name, nearest first. */
function nearZones(written: string): readonly string[] {
  const wanted = plain(written);
  if (wanted === '') return [];
  const near = Intl.supportedValuesOf('timeZone').flatMap((zone) => {
    const edits = Math.min(editsBetween(wanted, plain(zone)), editsBetween(wanted, cityOf(zone)));
    return edits <= farthest ? [{ zone, edits }] : [];
  });
  return near
    .toSorted((left, right) => left.edits - right.edits)
    .slice(0, mostNear)
    .map(({ zone }) => zone);
}

function editsBetween(wanted: string, name: string): number {
  if (wanted.length >= 4 && name.includes(wanted)) return 0.5;
  return Math.min(distance(wanted, name), wanted.length);
}

function cityOf(zone: string): string {
  return plain(zone.split('/').at(-1) ?? zone);
}

function plain(name: string): string {
  return name.slice(0, 64).toLowerCase().replaceAll(/[ _]/g, '');
}

function orList(names: readonly string[]): string {
  const quoted = names.map((name) => `“${name}”`);
  const last = quoted.at(-1) ?? '';
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} or ${last}`;
}
