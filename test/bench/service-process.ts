import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startApp } from '#app';
import { loadConfig } from '#config/config.ts';
import { readEnvironment } from '#config/env.ts';
import { signInOwner } from '#test/support/sign-in.ts';
import { type BenchServers, reportUsage } from './process-protocol.ts';

/* The service with everything on, as it would run: guard, audit with full sync, stored conversations, limits, headers. */

const servers: BenchServers = JSON.parse(process.env.BENCH_SERVERS ?? '{}');
const config = loadConfig(
  readEnvironment({
    PORT: '0',
    DATA_DIR: mkdtempSync(path.join(tmpdir(), 'personas-bench-')),
    LOG_LEVEL: 'warn',
    CHAT_MESSAGES_PER_MINUTE: '0',
    OPENAI_API_KEY: 'sk-bench',
    OPENAI_BASE_URL: servers.modelUrl,
    OPENAI_API: 'responses',
    DEFAULT_MODEL: 'openai/bench-model',
    NINOX_API_KEY: servers.ninoxKey,
    NINOX_BASE_URL: servers.ninoxUrl,
  }),
);
reportUsage();
process.on('disconnect', () => process.exit(0));
const app = await startApp(config);
const cookie = await signInOwner(app.address, app.setUpLink);
process.send?.({ type: 'ready', url: `${app.address}#${encodeURIComponent(cookie)}` });
