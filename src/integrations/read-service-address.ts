import { AppError } from '#errors';

/** The address of a service that somebody typed into the field `address`. Throws AppError INPUT_INVALID for what is none. */
export function readServiceAddress(address: string, example: string): string {
  const url = URL.parse(address.trim());
  const isUsable =
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '';
  if (isUsable) return url.href;
  throw new AppError('INPUT_INVALID', `address: Give an address such as ${example}, without a “?” part.`);
}
