import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { keyFitsChain } from '#audit/key-fits-chain.ts';
import { defaultOrganizationId } from '#auth/organizations.ts';
import type { Config } from '#config/config.ts';
import { toListenProblem } from '#config/listen-problem.ts';
import { refuseAuditKey } from '#config/secrets.ts';
import { openVaultKeys } from '#config/vault-keys.ts';
import { type Database, openConfiguredDatabase } from '#db/open-database.ts';
import { type AuditRepository, createAuditRepository } from '#db/repositories/audit.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import type { Integration } from '#integrations/catalog.ts';
import type { Egress } from '#integrations/egress.ts';
import { createSmtpMailer } from '#integrations/email/smtp-mailer.ts';
import { createLogger } from '#log';
import { createNinoxServer } from '#sandbox/ninox-server.ts';
import { createDataKeys } from '#vault/data-keys.ts';
import { openVault } from '#vault/open-vault.ts';
import { Secret } from '#vault/secret.ts';
import { createSecretRegistry, type SecretRegistry } from '#vault/secret-registry.ts';
import { composeAccounts } from './compose-accounts.ts';
import { composeConnections, type NinoxAccess } from './compose-connections.ts';
import { composeAudit, composeCore } from './compose-core.ts';
import { composeFace } from './compose-face.ts';
import { tellingJobs } from './compose-job-service.ts';
import { composeJobWork } from './compose-job-work.ts';
import { composeOutside } from './compose-outside.ts';
import { composeSlack } from './compose-slack.ts';
import { type Ground, type House, isDemoModel, type Opening } from './house.ts';

export interface App {
  /** Where the pages and the API answer, e.g. `http://127.0.0.1:3000`. */
  readonly address: string;
  /** Where people reach it: PUBLIC_URL, else the address. */
  readonly publicUrl: string;
  /** Makes the first account, once; null when somebody has one. */
  readonly setUpLink: string | null;
  readonly ninoxAddress: string;
  readonly standIns: { readonly ninox: boolean; readonly model: boolean };
  readonly defaultModel: string;
  /** The file that this start has made with the vault's first key; null when there was one, or it was set. */
  readonly newVaultKeyFile: string | null;
  readonly personaProblems: readonly string[];
  /** Takes no new work, lets running answers end within `graceMs`, and closes everything. */
  close(graceMs: number): Promise<void>;
}

export interface AppParts {
  /** Integrations beside those that come with the service. */
  readonly furtherIntegrations?: (egress: Egress) => readonly Integration[];
  /** Stands between the service and its database. */
  readonly wrapDatabase?: (db: Database) => Database;
}

/** Builds and starts the whole service. What was opened before a failure is closed again. */
export async function startApp(config: Config, parts: AppParts = {}): Promise<App> {
  const registry = createSecretRegistry();
  keepConfiguredSecrets(config, registry);
  const log = createLogger({ level: config.logLevel, scrub: registry.scrub });
  const opened = new AsyncDisposableStack();
  try {
    const ground = await openGround({ config, log, registry, opened }, parts);
    const house = await buildHouse(ground, parts);
    const { ninox } = ground;
    const { agent } = house.core;
    opened.defer(() => agent.close(0));
    agent.closeWith((graceMs) => house.jobs.close(graceMs));
    await agent.start();
    const server = await listen(house);
    opened.defer(() => closeServer(server));
    house.slack.start();
    await house.jobs.start();
    await agent.startUpkeep();
    startInBackground(house);
    const setUpToken = await house.accounts.setUp.token();
    const { publicUrl } = house;
    return {
      address: addressOf(server, config.host),
      publicUrl: publicUrl(),
      setUpLink: setUpToken === null ? null : `${publicUrl()}/set-up?token=${setUpToken}`,
      ninoxAddress: ninox.baseUrl,
      standIns: { ninox: ninox.standIn, model: isDemoModel(config) },
      defaultModel: config.models.defaultModel,
      newVaultKeyFile: ground.newVaultKeyFile,
      personaProblems: house.core.personaProblems,
      async close(graceMs) {
        const closed = closeServer(server);
        await agent.close(graceMs);
        server.closeAllConnections();
        await closed;
        await house.accounts.passwordResets.settled();
        await opened.disposeAsync();
      },
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** Secrets that are in use as long as the process. */
function keepConfiguredSecrets(config: Config, registry: SecretRegistry): void {
  const { models, mail, ninox, slack, databaseUrl } = config;
  const keys = [config.auditKey, config.authSecret].map((key) => new Secret(key.toString('base64')));
  const password = databaseUrl.startsWith('postgres') ? decodeURIComponent(new URL(databaseUrl).password) : '';
  const secrets = [
    ...keys,
    models.openai?.apiKey,
    models.anthropic?.apiKey,
    models.google?.apiKey,
    mail?.smtpUrl,
    ninox.kind === 'real' ? ninox.apiKey : undefined,
    slack?.signingSecret ?? undefined,
    slack?.clientSecret ?? undefined,
    slack?.appToken ?? undefined,
    // A short one is a word of everyday, which would be taken out of every page.
    password.length < 12 ? undefined : new Secret(password),
  ];
  for (const secret of secrets) if (secret !== undefined) registry.keep(secret);
}

async function openGround(opening: Opening, { wrapDatabase = (db) => db }: AppParts): Promise<Ground> {
  const { config, log, registry, opened } = opening;
  const db = wrapDatabase(await openConfiguredDatabase({ url: config.databaseUrl, log }));
  opened.defer(() => db.close());
  const rows = createAuditRepository(db);
  await requireAuditKey(config, rows);
  const keys = openVaultKeys(config.vaultKeys);
  const vault = await openVault({ repository: createSecretRepository(db), keys, registry, log });
  const dataKeys = createDataKeys({ vault, inTransaction: db.inTransaction });
  const audit = composeAudit({ rows, key: config.auditKey, dataKeys, registry });
  const newVaultKeyFile = keys.isNew ? keys.file : null;
  const mailer = config.mail === null ? null : createSmtpMailer({ url: config.mail.smtpUrl, from: config.mail.from });
  if (mailer !== null) opened.defer(() => mailer.close());
  return { ...opening, db, vault, dataKeys, mailer, audit, newVaultKeyFile, ninox: await openNinox(config, opened) };
}

/** A chain that went on with another key could not be proved any more, neither before that row nor after it. */
async function requireAuditKey(config: Config, repository: AuditRepository): Promise<void> {
  const { auditKey: key, auditKeyFile: file, auditKeyIsNew: isNew } = config;
  if (await keyFitsChain({ repository, key, organizationId: defaultOrganizationId })) return;
  throw refuseAuditKey({ file, isNew });
}

/** The real Ninox where a key is given; else the local stand-in, with a key made for this start alone. */
async function openNinox(config: Config, opened: AsyncDisposableStack): Promise<NinoxAccess> {
  if (config.ninox.kind === 'real') return { ...config.ninox, standIn: false };
  const key = randomBytes(18).toString('base64url');
  const server = createNinoxServer({ keys: [{ key, teams: 'all' }] });
  const { port } = config.ninox;
  const baseUrl = await server.listen(port).catch((error: unknown) => {
    throw toListenProblem(error, { host: '127.0.0.1', port, portVariable: 'STANDIN_NINOX_PORT' });
  });
  opened.defer(() => server.close());
  return { baseUrl, apiKey: new Secret(key), standIn: true };
}

async function buildHouse(ground: Ground, parts: AppParts): Promise<House> {
  const { config } = ground;
  let address: string | null = null;
  const publicUrl = () => config.publicUrl ?? address ?? `http://${config.host}:${config.port}`;
  const connections = composeConnections({
    ...ground,
    publicUrl,
    furtherIntegrations: parts.furtherIntegrations ?? (() => []),
  });
  const made = await composeCore({
    ...ground,
    catalog: connections.catalog,
    connections: connections.store,
    connectionRows: connections.rows,
    publicUrl,
  });
  const outside = composeOutside(ground);
  const jobs = composeJobWork({ ...ground, core: made, connections, publicUrl });
  const core = tellingJobs(made, jobs.pausing);
  const { accounts, isThere } = composeAccounts({
    ...ground,
    core,
    connections,
    outside,
    jobs: jobs.pausing,
    publicUrl,
  });
  await accounts.organizations.ensureDefault({ isDemo: ground.ninox.standIn });
  // A demo organization that was deleted stays so.
  if (await isThere(defaultOrganizationId)) await connections.ensureService(defaultOrganizationId);
  const built = { ...ground, connections, core, outside, accounts, publicUrl };
  const files = await jobs.openFiles();
  return {
    ...built,
    slack: composeSlack(built),
    jobs: { ...jobs, fileProblems: () => files.problems() },
    heardAt(heard) {
      address = heard;
    },
  };
}

/** Nothing waits for these, and each begins again with the next start. */
function startInBackground({ vault, connections, log, opened }: House): void {
  const stopping = new AbortController();
  const resealing = vault.resealAll({ signal: stopping.signal }).then(
    ({ resealed, unreadable }) => {
      if (resealed > 0) log.info({ resealed }, 'secrets were sealed anew with the primary key');
      if (unreadable.length > 0) log.warn({ unreadable }, 'secrets cannot be opened and were left as they are');
    },
    (error: unknown) => log.error({ err: error }, 'secrets could not be sealed anew; the next start tries again'),
  );
  const checks = connections.startChecks();
  opened.defer(async () => {
    stopping.abort();
    await Promise.all([resealing, checks.stop()]);
  });
}

async function listen(house: House): Promise<Server> {
  const { config } = house;
  const http = composeFace(house, fileURLToPath(new URL('../dist/web', import.meta.url)));
  return new Promise((resolve, reject) => {
    const { host, port } = config;
    const server = http.listen(port, host);
    server.once('listening', () => {
      house.heardAt(addressOf(server, host));
      resolve(server);
    });
    server.once('error', (error) => reject(toListenProblem(error, { host, port, portVariable: 'PORT' })));
  });
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
