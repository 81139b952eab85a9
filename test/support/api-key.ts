import type { CreatedApiKeyView } from '#channels/http/contract/organization.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

const everything = ['chat', 'ninox:teams:read', 'ninox:databases:read', 'ninox:records:delete'];

export interface KeyHolder extends HttpClient {
  readonly key: string;
}

/** A program with an API key of whoever `person` is signed in as at `address`. */
export async function makeKey(
  address: string,
  person: HttpClient,
  scopes: readonly string[] = everything,
): Promise<KeyHolder> {
  const { status, body } = await person.send('POST', '/api/v1/api-keys', { name: 'Script', scopes });
  if (status !== 201) throw new Error(`No API key: ${JSON.stringify(body)}`);
  const { key } = body as CreatedApiKeyView;
  return { key, ...createHttpClient(address, undefined, { authorization: `Bearer ${key}` }) };
}
