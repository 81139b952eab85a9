import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startApp } from '#app';
import { loadConfig } from '#config/config.ts';
import { readEnvironment } from '#config/env.ts';
import { signInOwner } from '#test/support/sign-in.ts';
import { guestPersona } from '#test/support/slack-service.ts';
import { writePersonas } from '#test/support/start-app.ts';
import { reportUsage } from './process-protocol.ts';

/* The service as it would run, with a persona that answers guests in Slack. */

const given = JSON.parse(process.env.BENCH_SLACK ?? '{}') as Record<string, string>;
const directory = mkdtempSync(path.join(tmpdir(), 'personas-bench-slack-'));
const config = loadConfig(
  readEnvironment({
    PORT: '0',
    DATA_DIR: directory,
    LOG_LEVEL: 'error',
    CHAT_MESSAGES_PER_MINUTE: '0',
    FILL_DEMO: 'false',
    OPENAI_API_KEY: 'sk-bench',
    OPENAI_API: 'responses',
    DEFAULT_MODEL: 'openai/bench-model',
    ...(await writePersonas(directory, { tester: guestPersona() })),
    ...given,
  }),
);
reportUsage();
process.on('disconnect', () => process.exit(0));
const app = await startApp(config);
const cookie = await signInOwner(app.address, app.setUpLink);
process.send?.({ type: 'ready', url: `${app.address}#${encodeURIComponent(cookie)}` });
