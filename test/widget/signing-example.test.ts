import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '#vault/secret.ts';
import { createWidgetKeys } from '#vault/widget-keys.ts';
import { signingExample } from '#web/pages/widgets/embed.ts';

/** Inside of the project, so that the example finds the library it imports. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(fileURLToPath(new URL('../../node_modules/.example-', import.meta.url)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const secret = 's'.repeat(43);
const vault = {
  seal: () => Promise.reject(new Error('not used')),
  forget: () => Promise.reject(new Error('not used')),
  withSecret: <T>(_ref: unknown, _origin: string, use: (secret: Secret) => Promise<T>) => use(new Secret(secret)),
};

test.each([
  ['HS256' as const, null, { WIDGET_SECRET: secret }],
  [
    'EdDSA' as const,
    publicKey.export({ format: 'jwk' }),
    { WIDGET_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string },
  ],
])('the example for %s signs tokens that are taken', async (algorithm, jwk, environment) => {
  const file = `${folder}/${algorithm}.mjs`;
  await writeFile(file, signingExample({ id: 'w1' }, { id: 'k1', algorithm }));
  Object.assign(process.env, environment);
  const { signVisitor } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    signVisitor: (person: { id: string; name: string }) => Promise<string>;
  };
  const token = await signVisitor({ id: 'customer 7', name: 'Ada' });
  const keys = createWidgetKeys({ vault });
  expect(keys.keyIdOf(token)).toBe('k1');
  const place = { organizationId: 'o', widgetId: 'w1', keyId: 'k1' };
  const claims = await keys.verify(token, { ...place, algorithm, publicKey: jwk });
  expect(claims).toMatchObject({ subject: 'customer 7', name: 'Ada' });
});
