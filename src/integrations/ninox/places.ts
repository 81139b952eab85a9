import { AppError } from '#errors';
import type { Place } from '#integrations/catalog.ts';
import { standInPlace } from '#integrations/connection.ts';

export const publicCloudUrl = 'https://api.ninox.com/v1';

const publicCloud: Place = {
  id: 'public-cloud',
  title: 'Ninox public cloud',
  description: 'You sign in to Ninox at app.ninox.com.',
  baseUrl: publicCloudUrl,
  addressExample: null,
  bringsKey: false,
};

const privateCloud: Place = {
  id: 'private-cloud',
  title: 'Ninox private cloud',
  description: 'You sign in to Ninox under a name of your own, such as acme.ninoxdb.de.',
  baseUrl: null,
  addressExample: 'acme.ninoxdb.de',
  bringsKey: false,
};

const ownHost: Place = {
  id: 'own-host',
  title: 'Your own server',
  description: 'Ninox runs on a server of your own, under its own address.',
  baseUrl: null,
  addressExample: 'https://ninox.example.com',
  bringsKey: false,
};

/** Where Ninox can run. The stand-in is among them only where the service has started one. */
export function ninoxPlaces(standIn: { readonly baseUrl: string } | null): readonly Place[] {
  const places = [publicCloud, privateCloud, ownHost];
  if (standIn === null) return places;
  return [
    {
      id: standInPlace,
      title: 'Local stand-in with sample data',
      description:
        'Comes with this service for trying things out. It is not Ninox, and its data is gone when it stops.',
      baseUrl: standIn.baseUrl,
      addressExample: null,
      bringsKey: true,
    },
    ...places,
  ];
}

/** Throws AppError INPUT_INVALID, in words for whoever typed it. */
export function resolveNinoxUrl(places: readonly Place[], id: string, address: string | null): string {
  const place = places.find((known) => known.id === id);
  if (place === undefined) {
    const ids = places.map((known) => `“${known.id}”`).join(', ');
    throw new AppError('INPUT_INVALID', `place: there is no such place. Choose one of ${ids}.`);
  }
  const typed = address?.trim() ?? '';
  if (place.baseUrl !== null) {
    if (typed === '') return place.baseUrl;
    throw new AppError('INPUT_INVALID', `address: ${place.title} has a fixed address. Leave the address empty.`);
  }
  if (typed === '') {
    throw new AppError('INPUT_INVALID', `address: say where it is, for example ${place.addressExample}.`);
  }
  return place.id === privateCloud.id ? privateCloudUrl(typed) : ownHostUrl(typed);
}

/** A name, or the address it stands for, with whatever path a browser shows after it. */
function privateCloudUrl(typed: string): string {
  const name = typed.toLowerCase();
  if (/^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/.test(name)) return `https://${name}.ninoxdb.de/v1`;
  const url = parse(typed);
  if (url !== null && /^[a-z\d][a-z\d-]{0,62}\.ninoxdb\.(de|com)$/.test(url.hostname) && url.port === '') {
    return `https://${url.hostname}/v1`;
  }
  throw new AppError(
    'INPUT_INVALID',
    'address: a private cloud has a name, such as “acme”, or an address such as acme.ninoxdb.de or acme.ninoxdb.com. For any other address choose “Your own server”.',
  );
}

function ownHostUrl(typed: string): string {
  const url = parse(typed);
  if (url === null) {
    throw new AppError(
      'INPUT_INVALID',
      'address: this is no address of a server. Write it like https://ninox.example.com, without user name, password, “?” and “#”.',
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path === '' ? '/v1' : path}`;
}

/** Null for what is no http(s) address, or carries more than scheme, host, port and path. Without a scheme, https is meant. */
function parse(typed: string): URL | null {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  if (url.username !== '' || url.password !== '' || /[?#\\\s]/.test(typed)) return null;
  return url;
}
