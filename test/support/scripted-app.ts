import type { Decide } from './openai-script.ts';
import { createOpenAiServer, type OpenAiServer } from './openai-server.ts';
import { personaFile, startTestApp, type TestApp, type TestAppOptions } from './start-app.ts';

export interface ScriptedApp extends AsyncDisposable {
  readonly app: TestApp;
  readonly model: OpenAiServer;
}

/** A service with one persona, “Tester”, whose model says what the script says, when the script says it. */
export async function startScriptedApp(decide: Decide, options: TestAppOptions = {}): Promise<ScriptedApp> {
  await using opened = new AsyncDisposableStack();
  const model = createOpenAiServer(decide);
  opened.defer(() => model.close());
  const environment = {
    OPENAI_API_KEY: 'sk-scripted',
    OPENAI_BASE_URL: await model.listen(),
    OPENAI_API: 'responses',
    DEFAULT_MODEL: 'openai/scripted',
  };
  const app = opened.use(await startTestApp(environment, { personas: { tester: personaFile() }, ...options }));
  const all = opened.move();
  return { app, model, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Holds an answer back until it is opened. */
export function createGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { until: promise, open: resolve };
}
